// The accounts that a server has from its start.
#pragma once

#include <string_view>

#include "app/foundations.h"
#include "base/task.h"

namespace vitrine::app {

/// What the keys of a development server are for.
inline constexpr std::string_view kDevelopment = "development";
/// What they may be used for besides: all of the register but what is the server's own. Errors: InvalidInput.
Result<std::vector<identity::PurposeId>> purposes_of_a_developer(const policy::PurposeRegister& purposes);

/// Creates the system account, in slot 0 and with no access key, where it is missing; with `dev` also the
/// emulators' account and those of `configured` ("name:key1[:key2];…"), whose keys may act for every purpose
/// but that of the server itself. Errors: InvalidInput for a configured account that exists with other keys,
/// those of create_account.
Task<Result<void>> ensure_first_accounts(Foundations& foundations, bool dev, std::string configured);

/// Errors: InvalidInput when an account's keys are not fit for production, saying which and what to do.
Result<void> check_fit_for_production(const identity::AccountDirectory& accounts);

}  // namespace vitrine::app
