// Text that has passed its check.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/error.h"

namespace vitrine {

/// A string that exists only if Rule::check accepted it: a value is always valid.
/// Rule has `static Result<void> check(std::string_view)`; its errors are those of parse.
template <class Rule>
class CheckedText {
 public:
  static Result<CheckedText> parse(std::string_view text) {
    TRY(Rule::check(text));
    return CheckedText(std::string(text));
  }

  [[nodiscard]] const std::string& text() const { return text_; }
  friend bool operator==(const CheckedText&, const CheckedText&) = default;
  friend auto operator<=>(const CheckedText&, const CheckedText&) = default;

 private:
  explicit CheckedText(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace vitrine
