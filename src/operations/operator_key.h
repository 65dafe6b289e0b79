// Use case on the operator's key, under which the accounts' data keys are wrapped.
#pragma once

#include <cstddef>

#include "operations/accounts.h"

namespace vitrine::operations {

struct OperatorKeyRotation {
  std::size_t accounts = 0;     ///< whose data keys were wrapped anew
  std::size_t keys = 0;         ///< that were
  bool erased_on_disk = false;  ///< the store's files hold no key wrapped under the operator's key before
};

/// Wraps every account's data keys under a new operator's key and forgets the one before. Content and
/// requests are not touched. After a failure, or a crash, both keys are kept and everything is readable: the
/// next rotation goes on where this one stopped. The exchange is that of the account `system`, in whose
/// journal the beginning is recorded; each account's change is in its own. Errors: ServerBusy while another
/// one runs; those of KeyBroker and change_account.
Task<Result<OperatorKeyRotation>> rotate_operator_key(const Floors& floors,
                                                      identity::AccountDirectory& accounts,
                                                      policy::Exchange& exchange);

/// Changes with every rotation: whoever stores a wrapped key relies on it.
store::Key operator_key_row();

}  // namespace vitrine::operations
