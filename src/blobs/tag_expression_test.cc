#include "blobs/tag_expression.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vitrine::blobs {
namespace {

Tags tags(std::initializer_list<std::pair<const std::string, std::string>> values) {
  Tags tags;
  tags.values = values;
  return tags;
}

TEST(TagExpression, SaysWhatItMeans) {
  const auto blob = tags({{"Status", "Done"}, {"key 1", "b"}, {"n", "010"}});
  struct Row {
    std::string_view text;
    bool matches;
  };
  for (const Row& row : {
           Row{"Status='Done'", true},
           Row{"\"Status\" = 'Done'", true},
           Row{" \"key 1\"='b' ", true},
           Row{"Status='done'", false},
           Row{"status='Done'", false},
           Row{"Status<>'Done'", false},
           Row{"Status <> 'Open'", true},
           Row{"missing<>'x'", true},
           Row{"missing='x'", false},
           Row{"missing>=''", false},
           Row{"n>'01'", true},
           Row{"n>'010'", false},
           Row{"n>='010'", true},
           Row{"n<'02'", true},
           Row{"n<'010'", false},
           Row{"n<='010'", true},
           Row{"n='010' AND Status='Done'", true},
           Row{"n='010'and Status='Open'", false},
           Row{"n='011' oR Status='Done'", true},
           // AND binds more strongly.
           Row{"n='010' OR n='x' AND Status='Open'", true},
           Row{"(n='010' OR n='x') AND Status='Open'", false},
           Row{"n='x' AND Status='Open' OR n='010'", true},
           Row{"((n='010'))", true},
           Row{"Status='Done' AND (n='x' OR (n='y' OR n='010'))", true},
       }) {
    const auto expression = TagExpression::parse(row.text);
    ASSERT_TRUE(expression) << row.text << ": " << expression.error().message;
    EXPECT_EQ(expression->matches(blob), row.matches) << row.text;
  }
}

TEST(TagExpression, WhatIsNoneIsRefused) {
  for (const std::string_view text : {"",
                                      " ",
                                      "a",
                                      "a=",
                                      "a=b",
                                      "a='b",
                                      "'a'='b'",
                                      "\"a='b'",
                                      "\"\"='b'",
                                      "='b'",
                                      "a='b' c='d'",
                                      "a='b' AND",
                                      "AND a='b'",
                                      "a='b' ANDc='d'",
                                      "a='b' NOT c='d'",
                                      "(a='b'",
                                      "a='b')",
                                      "()",
                                      "a-b='c'",
                                      "a=='b'",
                                      "a><'b'",
                                      "a='b@'",
                                      "a='b''c'",
                                      "\"a&\"='b'",
                                      "@container='b'",
                                      "a='b';"})
    EXPECT_EQ(TagExpression::parse(text).error().code, Code::InvalidHeaderValue) << text;
}

TEST(TagExpression, HasBounds) {
  std::string text = "a='b'";
  for (std::size_t i = 1; i < TagExpression::kMostComparisons; ++i) text += " or a='b'";
  EXPECT_TRUE(TagExpression::parse(text));
  EXPECT_FALSE(TagExpression::parse(text + " or a='b'"));
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '(') + "a='b'" + std::string(depth, ')');
  };
  EXPECT_TRUE(TagExpression::parse(nested(TagExpression::kMostDepth)));
  EXPECT_FALSE(TagExpression::parse(nested(TagExpression::kMostDepth + 1)));
  EXPECT_TRUE(TagExpression::parse(fmt::format("{}='{}'", std::string(128, 'k'), std::string(256, 'v'))));
  EXPECT_FALSE(TagExpression::parse(fmt::format("{}=''", std::string(129, 'k'))));
  EXPECT_FALSE(TagExpression::parse(fmt::format("k='{}'", std::string(257, 'v'))));
}

TEST(TagSearch, IsAListOfComparisons) {
  const auto search = TagSearch::parse("@container='con' and \"key 1\">='a' AND \"key 1\"<'b' and k='v'");
  ASSERT_TRUE(search) << search.error().message;
  EXPECT_EQ(search->container, "con");
  using enum TagComparison::Operator;
  EXPECT_EQ(
      search->comparisons,
      (std::vector<TagComparison>{{"key 1", GreaterOrEqual, "a"}, {"key 1", Less, "b"}, {"k", Equal, "v"}}));
  EXPECT_TRUE(search->matches(tags({{"key 1", "az"}, {"k", "v"}})));
  EXPECT_FALSE(search->matches(tags({{"key 1", "b"}, {"k", "v"}})));
  EXPECT_FALSE(search->matches(tags({{"k", "v"}})));
}

TEST(TagSearch, SaysWhatIsWrongInAzuresWords) {
  struct Row {
    std::string text;
    std::string_view message;
  };
  std::string eleven;
  for (int i = 0; i < 11; ++i) eleven += fmt::format("{}k{}='v'", i > 0 ? " and " : "", i);
  const std::string_view at_a_place = "Error parsing query at or near character position";
  for (const Row& row : {
           Row{"k1='v' and @container11='1'", "unsupported parameter"},
           Row{"'key 1'='v'", at_a_place},
           Row{"k<>'v'", "unexpected <>"},
           Row{"a='b' or c='d'", "unexpected or"},
           Row{"astring", "expected an operator"},
           Row{"k='a @'", "not permitted in tag name or value"},
           Row{std::string(129, 'k') + "='v'", "tag must be between 1 and 128 characters in length"},
           Row{"k='" + std::string(257, 'v') + "'",
               "tag value must be between 0 and 256 characters in length"},
           Row{"k='a' and k='b'", "can't have multiple conditions for a single tag"},
           Row{"k>'a' and k>='b'", "can't have multiple conditions for a single tag"},
           Row{eleven, "Error parsing query: there can be at most 10 unique tags in a query"},
           Row{"@container='con'", "it names no tag"},
           Row{"@container>'con' and k='v'", "takes no operator but ="},
           Row{"@container='a' and @container='b' and k='v'", "may come once"},
       }) {
    const auto search = TagSearch::parse(row.text);
    ASSERT_FALSE(search) << row.text;
    EXPECT_EQ(search.error().code, Code::InvalidQueryParameterValue) << row.text;
    EXPECT_TRUE(search.error().message.contains(row.message)) << row.text << ": " << search.error().message;
  }
}

}  // namespace
}  // namespace vitrine::blobs
