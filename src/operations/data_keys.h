// Use cases on what an account's content is encrypted under: the operator's, each recorded in the account's
// own journal.
#pragma once

#include <cstddef>
#include <optional>

#include "operations/accounts.h"

namespace vitrine::operations {

/// Begins a new epoch: what is written from now on takes a new key, what was written before is read with the
/// old ones. Errors: AccountNotFound; ContentDestroyed; Unavailable when the keys' holder cannot be reached.
Task<Result<identity::Account>> rotate_data_key(const Floors& floors, identity::AccountDirectory& accounts,
                                                policy::Exchange& exchange,
                                                const identity::AccountName& account);

/// What became of an account's data keys.
struct Destroyed {
  identity::Account account;
  std::size_t epochs = 0;  ///< whose keys there were, the account's own key not counted
  /// Why the store's files may hold wrapped forms still; nothing when they hold none.
  std::optional<Error> left_on_disk;
};
/// Destroys all of them: nothing that was written can be read again, by nobody, but for downloads that have
/// begun. Then has the store write its files anew, so that the wrapped forms are not in them either; when
/// that fails they are gone with the store's next own cleaning, or with another call, which destroys no key
/// but takes up what is left in the files. Journal, names and access keys stay. Errors: AccountNotFound;
/// InvalidInput for the account `system`.
Task<Result<Destroyed>> destroy_data_keys(const Floors& floors, identity::AccountDirectory& accounts,
                                          policy::Exchange& exchange, const identity::AccountName& account);

}  // namespace vitrine::operations
