// What changes of an account's row have in common.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "identity/account_directory.h"
#include "operations/floors.h"

namespace vitrine::operations {

/// What differs between the changes of an account.
struct AccountChange {
  policy::Action action;
  unsigned status;
  /// Alters the account, or tells why it cannot. Called again when another change came first.
  std::function<std::optional<Error>(identity::Account&)> alter;
  /// What of the account it is about, for the record: a key and its purposes. (docs/formats/record.md)
  std::string subject{};
};

/// Takes the change to its record and to the directory. Errors: AccountNotFound; what `alter` says, on
/// record; those of Ledger::commit.
Task<Result<identity::Account>> change_account(const Floors& floors, identity::AccountDirectory& accounts,
                                               policy::Exchange& exchange, const identity::AccountName& name,
                                               AccountChange change);

/// The operator's or the account's right to the action on the account, or on what of it the subject names.
policy::Decision decide_on_account(const Floors& floors, const policy::Exchange& exchange,
                                   policy::Action action, const identity::AccountName& account,
                                   std::string subject = {});

}  // namespace vitrine::operations
