// Use cases that switch a service off for an account, and on again.
#pragma once

#include "identity/account.h"
#include "operations/floors.h"

namespace vitrine::operations {

struct ChangeSuspension {
  identity::AccountName account;
  policy::Service service;
  bool suspended;
};
/// In force with its commit: whatever was decided before and not committed is decided again. Leaves a public
/// entry that does not name the account. Suspending twice changes nothing and is recorded.
Task<Result<policy::Standing>> change_suspension(const Floors& floors, policy::Exchange& exchange,
                                                 const ChangeSuspension& request);

}  // namespace vitrine::operations
