// Use cases on an account's blob service as a whole, whose settings are the same for all and cannot be
// changed. Each decides and records. Errors: PolicyDenied, those of the ledger.
#pragma once

#include "identity/names.h"
#include "operations/floors.h"

namespace vitrine::operations {

Task<Result<void>> get_service_properties(const Floors& floors, policy::Exchange& exchange,
                                          const identity::AccountName& account);

/// The settings asked for are those that hold.
Task<Result<void>> set_service_properties(const Floors& floors, policy::Exchange& exchange,
                                          const identity::AccountName& account);

Task<Result<void>> get_account_information(const Floors& floors, policy::Exchange& exchange,
                                           const identity::AccountName& account);

}  // namespace vitrine::operations
