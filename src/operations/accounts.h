// Use cases on accounts: the operator's, each recorded in the account's own journal.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "identity/account_directory.h"
#include "operations/floors.h"

namespace vitrine::operations {

struct NewKey {
  identity::KeyName name;
  Bytes secret;  ///< empty: one is made
  identity::PurposeId default_purpose;
  std::vector<identity::PurposeId> allowed_purposes;
  bool asks_promises = false;  ///< as AccessKey::asks_promises
};

struct CreateAccount {
  identity::AccountName name;
  identity::OrganisationId organisation;
  std::vector<NewKey> keys;
};
/// Gives the account its slot and journal and announces both, unnamed, in the public log. The record is the
/// journal's first. Errors: AccountAlreadyExists, which goes on record in the journal of the account that is
/// there; InvalidInput for a purpose that the register lacks.
Task<Result<identity::Account>> create_account(const Floors& floors, identity::AccountDirectory& accounts,
                                               policy::Exchange& exchange, CreateAccount request);

/// Errors: AccountNotFound, KeyAlreadyExists when there is a key of that name, InvalidInput.
Task<Result<identity::Account>> create_key(const Floors& floors, identity::AccountDirectory& accounts,
                                           policy::Exchange& exchange, const identity::AccountName& account,
                                           NewKey key);

/// Requests signed with it are refused from the answer on, and so are shared access signatures made with it.
/// Errors: AccountNotFound, ResourceNotFound when there is no such key, InvalidInput for the last one.
Task<Result<identity::Account>> remove_key(const Floors& floors, identity::AccountDirectory& accounts,
                                           policy::Exchange& exchange, const identity::AccountName& account,
                                           const identity::KeyName& key);

/// The exchange in which the operator, or the server itself, acts on an account; slot and journal are those
/// of the account, or set by create_account.
policy::Exchange operator_exchange(const Floors& floors, const identity::Account& account,
                                   std::string request_id, std::string client_address);
policy::Exchange system_exchange(const Floors& floors, const identity::Account& account);

}  // namespace vitrine::operations
