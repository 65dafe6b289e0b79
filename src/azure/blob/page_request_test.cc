#include "azure/blob/page_request.h"

#include <gtest/gtest.h>

namespace vitrine::azure::blob {
namespace {

using Sent = std::vector<std::pair<std::string_view, std::string_view>>;

http::Headers headers(const Sent& sent) {
  http::Headers headers;
  for (auto [name, value] : sent) headers.add(name, value);
  return headers;
}

TEST(PageRequest, ARangeHasBothEnds) {
  EXPECT_EQ(*parse_pages(headers({{"range", "bytes=512-1023"}})), (blobs::Interval{512, 1024}));
  EXPECT_EQ(parse_pages(headers({})).error().code, Code::MissingRequiredHeader);
  EXPECT_EQ(parse_pages(headers({{"range", "bytes=512-"}})).error().code, Code::InvalidHeaderValue);
  EXPECT_TRUE(parse_pages(headers({{"range", "bytes=0-18446744073709551615"}}))->empty())
      << "no more than there can be";
}

TEST(PageRequest, SizesAreOfWholePages) {
  EXPECT_EQ(*parse_page_blob_size(headers({{"x-ms-blob-content-length", "1024"}})), 1024u);
  EXPECT_FALSE(parse_page_blob_size(headers({}))->has_value());
  for (auto wrong : {"513", "-512", "", "8 TiB"})
    EXPECT_EQ(parse_page_blob_size(headers({{"x-ms-blob-content-length", wrong}})).error().code,
              Code::InvalidHeaderValue);
}

TEST(PageRequest, SequenceNumberActions) {
  constexpr std::string_view kDo = "x-ms-sequence-number-action", kTo = "x-ms-blob-sequence-number";
  struct Row {
    Sent sent;
    std::optional<Code> refusal;
  };
  const Row rows[] = {
      {{}, {}},
      {{{kDo, "max"}, {kTo, "5"}}, {}},
      {{{kDo, "Update"}, {kTo, "9223372036854775807"}}, {}},
      {{{kDo, "increment"}}, {}},
      {{{kDo, "increment"}, {kTo, "5"}}, Code::InvalidHeaderValue},
      {{{kDo, "update"}}, Code::MissingRequiredHeader},
      {{{kTo, "5"}}, Code::MissingRequiredHeader},
      {{{kDo, "decrement"}, {kTo, "5"}}, Code::InvalidHeaderValue},
      {{{kDo, "update"}, {kTo, "9223372036854775808"}}, Code::InvalidHeaderValue},
      {{{kDo, "update"}, {kTo, "-1"}}, Code::InvalidHeaderValue},
  };
  for (const auto& row : rows) {
    const auto parsed = parse_sequence_change(headers(row.sent));
    EXPECT_EQ(parsed.has_value(), !row.refusal);
    if (!parsed) EXPECT_EQ(parsed.error().code, *row.refusal);
  }
  const auto change = **parse_sequence_change(headers({{kDo, "max"}, {kTo, "5"}}));
  EXPECT_EQ(change.action, blobs::SequenceAction::Max);
  EXPECT_EQ(change.number, 5u);
}

TEST(PageRequest, SequenceNumberConditions) {
  const auto conditions = *parse_sequence_conditions(headers({{"x-ms-if-sequence-number-le", "1"},
                                                              {"x-ms-if-sequence-number-lt", "2"},
                                                              {"x-ms-if-sequence-number-eq", "3"}}));
  EXPECT_EQ(conditions.at_most, 1u);
  EXPECT_EQ(conditions.below, 2u);
  EXPECT_EQ(conditions.equal, 3u);
  EXPECT_EQ(parse_sequence_conditions(headers({{"x-ms-if-sequence-number-le", "x"}})).error().code,
            Code::InvalidHeaderValue);
}

}  // namespace
}  // namespace vitrine::azure::blob
