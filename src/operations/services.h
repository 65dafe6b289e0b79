// Use cases on an account's blob service as a whole. Each decides and records. Errors: PolicyDenied, those of
// the ledger.
#pragma once

#include "crypto/aead.h"
#include "identity/delegation.h"
#include "identity/names.h"
#include "operations/floors.h"

namespace vitrine::operations {

/// How far the secondary endpoint is: it reads the same data, so it is never behind.
Task<Result<void>> get_service_statistics(const Floors& floors, policy::Exchange& exchange,
                                          const identity::AccountName& account);

Task<Result<void>> get_account_information(const Floors& floors, policy::Exchange& exchange,
                                           const identity::AccountName& account);

/// The key that belongs to the terms: derived, never stored, so that whoever names the same terms in a SAS
/// names the key. Errors: AuthenticationFailed for times that are none; AccountNotFound.
Result<crypto::Aes256Key> delegation_key(const Floors& floors, const identity::AccountName& account,
                                         const identity::DelegationTerms& terms);

/// Gives it out, on record. Errors: also those of delegation_key.
Task<Result<crypto::Aes256Key>> get_user_delegation_key(const Floors& floors, policy::Exchange& exchange,
                                                        const identity::AccountName& account,
                                                        const identity::DelegationTerms& terms);

/// That a batch was sent, to the account or to a container; each request in it is an operation of its own.
Task<Result<void>> send_batch(const Floors& floors, policy::Exchange& exchange,
                              const identity::AccountName& account, std::string_view container);

}  // namespace vitrine::operations
