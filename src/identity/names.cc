#include "identity/names.h"

#include <fmt/format.h>

#include <algorithm>

namespace vitrine::identity {
namespace {

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

}  // namespace

Result<void> AccountNameRule::check(std::string_view text) {
  if (text.size() >= 3 && text.size() <= 24 && std::ranges::all_of(text, is_lower_or_digit)) return {};
  return fail(Code::InvalidResourceName,
              "An account name is 3 to 24 lower-case letters and digits; use one like 'archive2026'.");
}

Result<void> SlugRule::check(std::string_view text) {
  bool valid = !text.empty() && text.size() <= 64 && !text.starts_with('-') && !text.ends_with('-') &&
               !text.contains("--") &&
               std::ranges::all_of(text, [](char c) { return is_lower_or_digit(c) || c == '-'; });
  if (valid) return {};
  return fail(Code::InvalidInput,
              fmt::format("'{:.64}' is not a valid name: use 1 to 64 lower-case letters, digits and single "
                          "hyphens between them.",
                          text));
}

}  // namespace vitrine::identity
