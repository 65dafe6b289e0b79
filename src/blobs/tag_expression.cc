#include "blobs/tag_expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vitrine::blobs {

using Operator = TagComparison::Operator;

namespace {

constexpr std::string_view kContainerKey = "@container";

struct Sign {
  std::string_view text;
  Operator op;
};
/// Longer ones before those that they begin with.
constexpr Sign kSigns[] = {
    {"<>", Operator::NotEqual}, {">=", Operator::GreaterOrEqual}, {"<=", Operator::LessOrEqual},
    {"=", Operator::Equal},     {">", Operator::Greater},         {"<", Operator::Less},
};

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_same_word(std::string_view word, std::string_view text) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return std::ranges::equal(word, text, {}, {}, lower);
}

enum class Use : std::uint8_t { Condition, Search };

bool is_lower_bound(Operator op) {
  return op == Operator::Greater || op == Operator::GreaterOrEqual;
}

/// Of one key: a value, or a range.
bool may_stand_together(const std::vector<TagComparison>& before, const TagComparison& next) {
  return std::ranges::none_of(before, [&](const TagComparison& other) {
    return other.key == next.key && (other.op == Operator::Equal || next.op == Operator::Equal ||
                                     is_lower_bound(other.op) == is_lower_bound(next.op));
  });
}

}  // namespace

/// Reads an expression from left to right. Errors name the place in Azure's words.
class TagExpressionParser {
 public:
  TagExpressionParser(std::string_view text, Use use) : text_(text), use_(use) {}

  Result<TagExpression> parse() {
    TRY(parse_or(0));
    skip_spaces();
    if (at_ < text_.size()) return error(fmt::format("unexpected '{:.16}'", text_.substr(at_)));
    return std::move(out_);
  }

  static std::vector<TagComparison> comparisons(TagExpression expression) {
    std::vector<TagComparison> all;
    for (auto& step : expression.steps_)
      if (step.join == Join::None) all.push_back(std::move(step.comparison));
    return all;
  }

 private:
  using Join = TagExpression::Join;

  [[nodiscard]] std::unexpected<Error> error(std::string_view what) const {
    const auto message = fmt::format("Error parsing query at or near character position {}: {}", at_, what);
    if (use_ == Use::Search) return fail(Code::InvalidQueryParameterValue, message);
    return fail(Code::InvalidHeaderValue, "The header that asks for tags: " + message);
  }

  void skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  bool take(std::string_view symbol) {
    if (!text_.substr(at_).starts_with(symbol)) return false;
    at_ += symbol.size();
    return true;
  }

  bool take_word(std::string_view word) {
    skip_spaces();
    const auto rest = text_.substr(at_);
    if (!is_same_word(word, rest.substr(0, word.size()))) return false;
    if (rest.size() > word.size() && is_bare(rest[word.size()])) return false;
    at_ += word.size();
    return true;
  }

  Result<void> parse_or(std::size_t depth) {
    TRY(parse_and(depth));
    while (take_word("or")) {
      if (use_ == Use::Search) return error("unexpected or");
      TRY(parse_and(depth));
      out_.steps_.push_back({{}, Join::Or});
    }
    return {};
  }

  Result<void> parse_and(std::size_t depth) {
    TRY(parse_term(depth));
    while (take_word("and")) {
      TRY(parse_term(depth));
      out_.steps_.push_back({{}, Join::And});
    }
    return {};
  }

  Result<void> parse_term(std::size_t depth) {
    skip_spaces();
    if (!take("(")) return parse_comparison();
    if (depth == TagExpression::kMostDepth) return error("too many parentheses");
    TRY(parse_or(depth + 1));
    skip_spaces();
    if (!take(")")) return error("expected a ')'");
    return {};
  }

  Result<void> parse_comparison() {
    if (++comparisons_ > TagExpression::kMostComparisons) return error("too many comparisons");
    TagComparison comparison{.key = TRY(parse_key()), .op = TRY(parse_operator())};
    comparison.value = TRY(parse_value());
    if (comparison.key == kContainerKey && comparison.op != Operator::Equal)
      return error("@container takes no operator but =");
    if (comparison.key == kContainerKey && comparison.value.empty()) return error("@container names none");
    out_.steps_.push_back({std::move(comparison), Join::None});
    return {};
  }

  Result<std::string> parse_key() {
    if (take("\"")) return check_key(TRY(parse_quoted('"')));
    const auto begin = at_;
    if (at_ < text_.size() && text_[at_] == '@') ++at_;
    while (at_ < text_.size() && is_bare(text_[at_])) ++at_;
    const auto key = text_.substr(begin, at_ - begin);
    if (key.empty()) return error(fmt::format("unexpected '{:.16}'", text_.substr(at_)));
    if (!key.starts_with('@')) return check_key(std::string(key));
    if (key == kContainerKey && use_ == Use::Search) return std::string(key);
    return error(fmt::format("unsupported parameter '{}'", key));
  }

  Result<std::string> check_key(std::string key) const {
    if (key.empty() || key.size() > kLongestTagKey)
      return error("tag must be between 1 and 128 characters in length");
    TRY(check_characters(key));
    return key;
  }

  Result<void> check_characters(std::string_view text) const {
    const auto bad = std::ranges::find_if_not(text, is_tag_character);
    if (bad == text.end()) return {};
    return error(fmt::format("'{}' not permitted in tag name or value", *bad >= 0x20 ? *bad : ' '));
  }

  Result<Operator> parse_operator() {
    skip_spaces();
    for (const auto& sign : kSigns) {
      if (!take(sign.text)) continue;
      if (sign.op == Operator::NotEqual && use_ == Use::Search) return error("unexpected <>");
      return sign.op;
    }
    return error("expected an operator");
  }

  Result<std::string> parse_value() {
    skip_spaces();
    if (!take("'")) return error("expecting tag value");
    auto value = TRY(parse_quoted('\''));
    if (value.size() > kLongestTagValue)
      return error("tag value must be between 0 and 256 characters in length");
    TRY(check_characters(value));
    return value;
  }

  /// Up to the quotation mark, behind which the place is then.
  Result<std::string> parse_quoted(char mark) {
    const auto end = text_.find(mark, at_);
    if (end == std::string_view::npos) return error(fmt::format("expected a {} at the end", mark));
    std::string inside(text_.substr(at_, end - at_));
    at_ = end + 1;
    return inside;
  }

  std::string_view text_;
  Use use_;
  std::size_t at_ = 0;
  std::size_t comparisons_ = 0;
  TagExpression out_;
};

bool TagComparison::holds(const Tags& tags) const {
  const auto tag = tags.values.find(key);
  if (tag == tags.values.end()) return op == Operator::NotEqual;
  const auto order = tag->second <=> value;
  switch (op) {
    case Operator::Equal:
      return order == 0;
    case Operator::NotEqual:
      return order != 0;
    case Operator::Greater:
      return order > 0;
    case Operator::GreaterOrEqual:
      return order >= 0;
    case Operator::Less:
      return order < 0;
    case Operator::LessOrEqual:
      return order <= 0;
  }
  return false;
}

Result<TagExpression> TagExpression::parse(std::string_view text) {
  return TagExpressionParser(text, Use::Condition).parse();
}

bool TagExpression::matches(const Tags& tags) const {
  std::vector<bool> results;
  for (const auto& step : steps_) {
    if (step.join == Join::None) {
      results.push_back(step.comparison.holds(tags));
      continue;
    }
    const bool right = results.back();
    results.pop_back();
    results.back() = step.join == Join::And ? results.back() && right : results.back() || right;
  }
  return results.back();
}

Result<TagSearch> TagSearch::parse(std::string_view text) {
  auto expression = TRY(TagExpressionParser(text, Use::Search).parse());
  TagSearch search;
  std::set<std::string> keys;
  for (auto& comparison : TagExpressionParser::comparisons(std::move(expression))) {
    if (comparison.key == kContainerKey) {
      if (!search.container.empty())
        return fail(Code::InvalidQueryParameterValue, "Error parsing query: @container may come once.");
      search.container = comparison.value;
      continue;
    }
    if (!may_stand_together(search.comparisons, comparison))
      return fail(Code::InvalidQueryParameterValue,
                  "Error parsing query: can't have multiple conditions for a single tag unless they define a "
                  "range");
    keys.insert(comparison.key);
    search.comparisons.push_back(std::move(comparison));
  }
  if (keys.size() > kMostTags)
    return fail(Code::InvalidQueryParameterValue,
                "Error parsing query: there can be at most 10 unique tags in a query");
  if (keys.empty())
    return fail(Code::InvalidQueryParameterValue, "Error parsing query: it names no tag to look for.");
  return search;
}

bool TagSearch::matches(const Tags& tags) const {
  return std::ranges::all_of(comparisons,
                             [&](const TagComparison& comparison) { return comparison.holds(tags); });
}

}  // namespace vitrine::blobs
