#include "blobs/conditions.h"

#include <gtest/gtest.h>

namespace vitrine::blobs {
namespace {

const State kState{ETag::from_number(0x8D1), from_micros(1'700'000'000'600'000)};

// Lists: '-' absent, '*' any, 'h' holds the current tag, 'm' holds another, '2' two tags with the current.
// Times: '-' absent, 'b' before the last modification, 's' within its second, 'a' after it. '?' anything.
struct Row {
  Guarded operation;
  char exists, if_match, if_none_match, if_modified_since, if_unmodified_since;
  Verdict verdict;
};

constexpr auto R = Guarded::Read, W = Guarded::Write, C = Guarded::Create;
constexpr auto kGo = Verdict::Proceed, kSame = Verdict::NotModified, kNo = Verdict::ConditionNotMet,
               kNever = Verdict::UnsatisfiableCondition, kThere = Verdict::AlreadyExists,
               kMany = Verdict::MultipleConditionHeaders;

// The first row that matches tells the verdict. Written from the documentation, not from the code.
constexpr Row kTruth[] = {
    {R, '?', '?', '*', '?', '?', kNever},
    {R, 'n', '-', '?', '?', '?', kGo},
    {R, 'n', '?', '?', '?', '?', kNo},
    {R, 'y', 'm', '?', '?', '?', kNo},
    {R, 'y', '?', '?', '?', 'b', kNo},
    {R, 'y', '?', 'm', '?', '?', kGo},
    {R, 'y', '?', 'h', 'b', '?', kGo},
    {R, 'y', '?', '2', 'b', '?', kGo},
    {R, 'y', '?', 'h', '?', '?', kSame},
    {R, 'y', '?', '2', '?', '?', kSame},
    {R, 'y', '?', '-', 's', '?', kSame},
    {R, 'y', '?', '-', 'a', '?', kSame},
    {R, 'y', '?', '-', '?', '?', kGo},
    // Writes and creations alike, up to the one difference.
    {W, '?', '2', '?', '?', '?', kMany},
    {W, '?', '?', '2', '?', '?', kMany},
    {W, '?', '-', '-', '-', '-', kGo},
    {W, 'n', '-', '*', '-', '-', kGo},
    {W, 'n', '-', 'h', '-', '-', kGo},
    {W, 'n', '-', 'm', '-', '-', kGo},
    {W, 'n', '-', '-', '-', '?', kGo},
    {W, 'n', '-', '-', '?', '-', kGo},
    {W, 'n', '-', '?', '?', '-', kGo},
    {W, 'n', '?', '-', '-', '?', kNo},
    {W, 'y', '*', '-', '-', '?', kGo},
    {W, 'y', 'h', '-', '-', '?', kGo},
    {W, 'y', 'm', '-', '-', '?', kNo},
    {W, 'y', '-', '*', '?', '-', kNo},
    {W, 'y', '-', 'h', '?', '-', kNo},
    {W, 'y', '-', 'm', '?', '-', kGo},
    {W, 'y', '-', '-', 'b', '-', kGo},
    {W, 'y', '-', '-', '?', '-', kNo},
    {W, 'y', '-', '-', '-', 'b', kNo},
    {W, 'y', '-', '-', '-', '?', kGo},
    {W, '?', '?', '?', '?', '?', kMany},
};

Verdict expected(const Row& asked) {
  auto same = [](char pattern, char value) { return pattern == '?' || pattern == value; };
  for (const auto& row : kTruth) {
    if ((row.operation == R) == (asked.operation == R) && same(row.exists, asked.exists) &&
        same(row.if_match, asked.if_match) && same(row.if_none_match, asked.if_none_match) &&
        same(row.if_modified_since, asked.if_modified_since) &&
        same(row.if_unmodified_since, asked.if_unmodified_since)) {
      bool create_on_existing = asked.operation == C && asked.exists == 'y' && asked.if_none_match == '*';
      return create_on_existing && row.verdict == kNo ? kThere : row.verdict;
    }
  }
  ADD_FAILURE() << "the truth table has a hole";
  return kGo;
}

std::optional<ETagList> list(char kind) {
  switch (kind) {
    case '*':
      return *ETagList::parse("*");
    case 'h':
      return *ETagList::parse("\"0x8D1\"");
    case 'm':
      return *ETagList::parse("\"0x8D2\"");
    case '2':
      return *ETagList::parse("\"0x8D2\", 0x8D1");
    default:
      return std::nullopt;
  }
}

std::optional<Timestamp> time(char kind) {
  using namespace std::chrono;
  auto second = floor<seconds>(kState.last_modified);
  switch (kind) {
    case 'b':
      return second - 1s;
    case 's':
      return second;
    case 'a':
      return second + 1s;
    default:
      return std::nullopt;
  }
}

TEST(Conditions, EveryCombinationIsJudgedAsDocumented) {
  int walked = 0;
  for (auto operation : {R, W, C})
    for (char exists : {'y', 'n'})
      for (char im : {'-', '*', 'h', 'm', '2'})
        for (char inm : {'-', '*', 'h', 'm', '2'})
          for (char ims : {'-', 'b', 's', 'a'})
            for (char ius : {'-', 'b', 's', 'a'}) {
              Row asked{operation, exists, im, inm, ims, ius, kGo};
              Conditions conditions{list(im), list(inm), time(ims), time(ius)};
              auto state = exists == 'y' ? std::optional(kState) : std::nullopt;
              EXPECT_EQ(judge(conditions, operation, state), expected(asked))
                  << static_cast<int>(operation) << exists << im << inm << ims << ius;
              ++walked;
            }
  EXPECT_EQ(walked, 2400);
}

TEST(Conditions, EveryVerdictHasItsCode) {
  EXPECT_TRUE(to_result(kGo));
  for (auto [verdict, code] : {std::pair{kSame, Code::NotModified},
                               {kNo, Code::ConditionNotMet},
                               {kNever, Code::UnsatisfiableCondition},
                               {kThere, Code::BlobAlreadyExists},
                               {kMany, Code::MultipleConditionHeadersNotSupported}})
    EXPECT_EQ(to_result(verdict).error().code, code);
}

TEST(ETagList, ReadsTagsQuotedOrBare) {
  auto tags = *ETagList::parse(" \"0x8D1\" ,0x8D2 ");
  EXPECT_EQ(tags.size(), 2u);
  EXPECT_TRUE(tags.lists(ETag::from_number(0x8D1)));
  EXPECT_TRUE(tags.lists(ETag::from_number(0x8D2)));
  EXPECT_FALSE(tags.lists(ETag::from_number(0x8D3)));
  EXPECT_FALSE(tags.is_any());
  EXPECT_TRUE(ETagList::parse("*")->is_any());
  EXPECT_FALSE(ETagList::parse("*")->lists(ETag::from_number(0x8D1)));
  for (auto text : {"", " ", ",", "\"\"", "0x1,", ",0x1"}) EXPECT_FALSE(ETagList::parse(text)) << text;
}

TEST(ETag, Spellings) {
  EXPECT_EQ(ETag::from_number(0x8DE1B2C3).text(), "0x8DE1B2C3");
  EXPECT_EQ(ETag::from_number(0x8DE1B2C3).quoted(), "\"0x8DE1B2C3\"");
}

}  // namespace
}  // namespace vitrine::blobs
