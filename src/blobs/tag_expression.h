// What is asked of index tags, as in x-ms-if-tags and in Find Blobs by Tags.
// Source: Azure Storage REST, "Specifying conditional headers for Blob service operations" (x-ms-if-tags),
// "Find Blobs by Tags".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "blobs/tags.h"

namespace vitrine::blobs {

/// "key" operator 'value'. Values compare by their bytes.
struct TagComparison {
  enum class Operator : std::uint8_t { Equal, NotEqual, Greater, GreaterOrEqual, Less, LessOrEqual };
  std::string key;
  Operator op = Operator::Equal;
  std::string value;

  /// A tag that is not there is unequal to every value, and nothing else.
  [[nodiscard]] bool holds(const Tags& tags) const;
  friend bool operator==(const TagComparison&, const TagComparison&) = default;
};

/// Comparisons joined by AND and OR, in any case; AND binds more strongly, parentheses most. A key of
/// letters, digits and underscores may stand bare, any other in double quotes; a value stands in single
/// quotes.
class TagExpression {
 public:
  /// More than any request needs.
  static constexpr std::size_t kMostComparisons = 1000, kMostDepth = 32;

  /// A condition on one blob. Errors: InvalidHeaderValue.
  static Result<TagExpression> parse(std::string_view text);
  [[nodiscard]] bool matches(const Tags& tags) const;
  friend bool operator==(const TagExpression&, const TagExpression&) = default;

 private:
  friend class TagExpressionParser;
  enum class Join : std::uint8_t { None, And, Or };
  /// In the order of evaluation: a comparison, or (with a join) what becomes of the two results before.
  struct Step {
    TagComparison comparison;
    Join join = Join::None;
    friend bool operator==(const Step&, const Step&) = default;
  };
  std::vector<Step> steps_;
};

/// What is searched for: comparisons that all hold.
struct TagSearch {
  std::vector<TagComparison> comparisons;  ///< at least one; of a key one `=`, or at most one of each bound
  std::string container;                   ///< of @container; empty: none was named

  /// The same language without OR and <>, with up to ten tags and `@container = 'name'`. Errors:
  /// InvalidQueryParameterValue.
  static Result<TagSearch> parse(std::string_view text);
  [[nodiscard]] bool matches(const Tags& tags) const;
  friend bool operator==(const TagSearch&, const TagSearch&) = default;
};

}  // namespace vitrine::blobs
