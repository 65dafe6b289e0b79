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
struct SuspensionChanged {
  policy::Standing standing;
  /// Opens the commitment in the public entry, for whoever has to prove whom it is about; none when nothing
  /// changed.
  std::optional<evidence::Salt> salt;
};
/// In force with its commit: whatever was decided before and not committed is decided again. Leaves a public
/// entry that does not name the account. Suspending twice changes nothing and is recorded.
Task<Result<SuspensionChanged>> change_suspension(const Floors& floors, policy::Exchange& exchange,
                                                  const ChangeSuspension& request);

}  // namespace vitrine::operations
