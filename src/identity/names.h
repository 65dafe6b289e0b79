// The names by which accounts, organisations, keys and purposes are known.
#pragma once

#include "base/checked_text.h"

namespace vitrine::identity {

/// 3 to 24 lower-case letters and digits, as Azure's storage accounts. Errors: InvalidResourceName.
struct AccountNameRule {
  static Result<void> check(std::string_view text);
};
using AccountName = CheckedText<AccountNameRule>;

/// 1 to 64 lower-case letters, digits and single inner hyphens: the spelling of names that people choose
/// and that stand in policies, logs and headers. Errors: InvalidInput.
struct SlugRule {
  static Result<void> check(std::string_view text);
};
struct OrganisationIdRule : SlugRule {};
struct PurposeIdRule : SlugRule {};
struct KeyNameRule : SlugRule {};

/// A tenant.
using OrganisationId = CheckedText<OrganisationIdRule>;
/// An entry of the purpose register, such as "public-records-release".
using PurposeId = CheckedText<PurposeIdRule>;
/// One of an account's keys; "key1" and "key2" are those that Azure's tools know.
using KeyName = CheckedText<KeyNameRule>;

}  // namespace vitrine::identity
