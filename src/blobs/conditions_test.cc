#include "blobs/conditions.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vitrine::blobs {
namespace {

const State kState{ETag::from_number(0x8D1), from_micros(1'700'000'000'600'000)};

// Lists: '-' absent, '*' any, 'h' holds the current tag, 'm' holds another, '2' two tags with the current.
// Times: '-' absent, 'b' before the last modification, 's' within its second, 'a' after it. '?' anything.
struct Row {
  Precondition operation;
  char exists, if_match, if_none_match, if_modified_since, if_unmodified_since;
  std::optional<Code> verdict;
};

constexpr auto R = Precondition::OfRead, W = Precondition::OfWrite, C = Precondition::OfCreate;
constexpr std::optional<Code> kGo;
constexpr auto kSame = Code::NotModified, kNo = Code::ConditionNotMet, kNever = Code::UnsatisfiableCondition,
               kThere = Code::BlobAlreadyExists, kMany = Code::MultipleConditionHeadersNotSupported;

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
    {W, 'y', '-', '*', '?', '-', kGo},
    {W, 'y', '-', 'h', '?', '-', kNo},
    {W, 'y', '-', 'm', '?', '-', kGo},
    {W, 'y', '-', '-', 'b', '-', kGo},
    {W, 'y', '-', '-', '?', '-', kNo},
    {W, 'y', '-', '-', '-', 'b', kNo},
    {W, 'y', '-', '-', '-', '?', kGo},
    {W, '?', '?', '?', '?', '?', kMany},
};

std::optional<Code> expected(const Row& asked) {
  auto same = [](char pattern, char value) { return pattern == '?' || pattern == value; };
  for (const auto& row : kTruth) {
    if ((row.operation == R) == (asked.operation == R) && same(row.exists, asked.exists) &&
        same(row.if_match, asked.if_match) && same(row.if_none_match, asked.if_none_match) &&
        same(row.if_modified_since, asked.if_modified_since) &&
        same(row.if_unmodified_since, asked.if_unmodified_since)) {
      bool create_on_existing = asked.operation == C && asked.exists == 'y' && asked.if_none_match == '*';
      return create_on_existing && row.verdict == kGo ? std::optional(kThere) : row.verdict;
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
              EXPECT_EQ(judge(conditions, {operation, LeaseUse::Ignored}, state), expected(asked))
                  << static_cast<int>(operation) << exists << im << inm << ims << ius;
              ++walked;
            }
  EXPECT_EQ(walked, 2400);
}

const auto kHeld = *LeaseId::parse("1f812371-a41d-49e6-b123-f4b542e851c5");
const auto kElse = *LeaseId::parse("2f812371-a41d-49e6-b123-f4b542e851c5");

// 'h' names the last lease that was taken, 'm' another, '-' none. The states as in LeaseState.
struct LeaseRow {
  LeaseUse use;
  char named;
  LeaseState state;
  std::optional<Code> of_blob;
};
using enum LeaseState;
constexpr auto kCompared = LeaseUse::Compared, kNeeded = LeaseUse::Needed;
constexpr auto kNone = Code::LeaseNotPresentWithBlobOperation,
               kOther = Code::LeaseIdMismatchWithBlobOperation, kUnnamed = Code::LeaseIdMissing,
               kLost = Code::LeaseLost;
constexpr LeaseRow kLeases[] = {
    {kCompared, '-', Available, kGo},   {kCompared, '-', Leased, kGo},
    {kCompared, '-', Breaking, kGo},    {kCompared, '-', Broken, kGo},
    {kCompared, '-', Expired, kGo},     {kCompared, 'h', Available, kNone},
    {kCompared, 'h', Leased, kGo},      {kCompared, 'h', Breaking, kGo},
    {kCompared, 'h', Broken, kLost},    {kCompared, 'h', Expired, kLost},
    {kCompared, 'm', Available, kNone}, {kCompared, 'm', Leased, kOther},
    {kCompared, 'm', Breaking, kOther}, {kCompared, 'm', Broken, kOther},
    {kCompared, 'm', Expired, kOther},  {kNeeded, '-', Available, kGo},
    {kNeeded, '-', Leased, kUnnamed},   {kNeeded, '-', Breaking, kUnnamed},
    {kNeeded, '-', Broken, kGo},        {kNeeded, '-', Expired, kGo},
    {kNeeded, 'h', Available, kNone},   {kNeeded, 'h', Leased, kGo},
    {kNeeded, 'h', Breaking, kGo},      {kNeeded, 'h', Broken, kLost},
    {kNeeded, 'h', Expired, kLost},     {kNeeded, 'm', Available, kNone},
    {kNeeded, 'm', Leased, kOther},     {kNeeded, 'm', Breaking, kOther},
    {kNeeded, 'm', Broken, kOther},     {kNeeded, 'm', Expired, kOther},
};

std::optional<Code> of_container(std::optional<Code> code) {
  if (code == kNone) return Code::LeaseNotPresentWithContainerOperation;
  return code == kOther ? Code::LeaseIdMismatchWithContainerOperation : code;
}

TEST(Conditions, LeasesAreJudgedAsDocumented) {
  for (const auto& row : kLeases)
    for (auto precondition : {R, W, C}) {
      auto state = kState;
      state.lease_state = row.state;
      state.lease = kHeld;
      Conditions conditions;
      if (row.named != '-') conditions.lease = row.named == 'h' ? kHeld : kElse;
      const auto what =
          fmt::format("{} {} {}", static_cast<int>(row.use), row.named, static_cast<int>(row.state));
      EXPECT_EQ(judge(conditions, {precondition, row.use}, state), row.of_blob) << what;
      EXPECT_EQ(judge(conditions, {precondition, row.use, blobs::Leased::Container}, state),
                of_container(row.of_blob));
      EXPECT_EQ(judge(conditions, {precondition, LeaseUse::Ignored}, state), kGo) << what;
      EXPECT_EQ(judge(conditions, {precondition, row.use}, {}), kGo) << what;
    }
}

TEST(Conditions, ABrokenOneIsToldWithASentence) {
  EXPECT_TRUE(check({}, kWriteBlob, kState));
  auto locked = kState;
  locked.lease_state = Leased;
  const auto refused = check({}, kWriteBlob, locked);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::LeaseIdMissing);
  EXPECT_NE(refused.error().message, name(Code::LeaseIdMissing));
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
