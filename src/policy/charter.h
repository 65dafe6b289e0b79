// The charter: what no credential, purpose or tenant can make permitted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/intent.h"

namespace vitrine::policy {

/// What the charter's rules look at, computed by the Gate; no rule parses or calculates.
struct Facts {
  const Exchange& exchange;
  const Intent& intent;
  const Purpose* purpose = nullptr;  ///< null: the register has no such purpose
  bool credential_allows_purpose = false;
  bool service_suspended = false;
  std::optional<BudgetExceeded> exceeded;
};

/// A rule that forbids. The id goes into records and answers.
struct CharterRule {
  std::string_view id;
  bool (*forbids)(const Facts&);
  /// A sentence that a person understands: what was refused, why, and what can be done.
  std::string (*explain)(const Facts&);
};

/// The first rule that forbids; null when none does. The order is that of the charter.
const CharterRule* find_forbidding(const Facts& facts);

/// The charter in plain words, as the policy bundle begins.
std::string charter_text();

}  // namespace vitrine::policy
