// What is looked at when the server starts, so that nobody is surprised later.
#pragma once

#include <string>
#include <vector>

#include "app/settings.h"
#include "base/error.h"
#include "identity/account_directory.h"
#include "policy/purpose.h"

namespace vitrine::app {

/// Errors: InvalidInput for settings that do not go together and files that cannot be read.
Result<void> check(const Settings& settings);

/// The variables VITRINE_… of this process that nothing reads, in order.
std::vector<std::string> unknown_variables();

/// Logs that credentials would travel in clear text, where they would.
void warn_of_clear_text(const Settings& settings);

/// Logs which keys are for purposes that the register does not have: whoever uses them is denied.
void warn_of_missing_purposes(const identity::AccountDirectory& accounts,
                              const policy::PurposeRegister& purposes);

}  // namespace vitrine::app
