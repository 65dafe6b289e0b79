#include "evidence/shown_records.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "evidence/dishonest_operator.h"

namespace vitrine::evidence {
namespace {

using Files = SampleLog::Files;

constexpr std::size_t kSlot = 1;
constexpr std::uint64_t kRecords = 600;

struct Sample {
  Sample() {
    while (log.sealed_head(kSlot).head.size < kRecords) log.record(kSlot, sample_contents(7));
    files = log.journal(kSlot);
  }
  Result<void> visit(const RecordRange& range) {
    visited.clear();
    dropped.clear();
    read.clear();
    return visit_records(
        [this](const std::string& path) -> Result<Bytes> {
          const auto file = files.find(path);
          if (file == files.end()) return fail(Code::ResourceNotFound, "There is no " + path + ".");
          read.insert(path);
          return file->second;
        },
        kRecords, range,
        {.record = [this](std::uint64_t index, const ShownRecord&) { visited.push_back(index); },
         .dropped = [this](const RecordRange& range) { dropped.push_back(range); }});
  }

  DishonestOperator log{sample_log()};
  Files files;
  std::vector<std::uint64_t> visited;
  std::vector<RecordRange> dropped;
  std::set<std::string> read;
};

TEST(ShownRecords, AreThoseOfTheRangeAndNoOtherFileIsRead) {
  Sample sample;
  for (const auto& [first, last] :
       {RecordRange{0, 0}, RecordRange{0, 599}, RecordRange{255, 256}, RecordRange{599, 599}}) {
    ASSERT_TRUE(sample.visit({first, last}));
    ASSERT_EQ(sample.visited.size(), last - first + 1);
    EXPECT_EQ(sample.visited.front(), first);
    EXPECT_EQ(sample.visited.back(), last);
  }
  EXPECT_EQ(sample.read, std::set<std::string>{"tile/entries/002.p/88"});
}

TEST(ShownRecords, DroppedOnesAreToldAndMissingOnesAreNot) {
  Sample sample;
  sample.files.erase("tile/entries/001");
  ASSERT_TRUE(sample.visit({250, 520}));
  EXPECT_EQ(sample.dropped, (std::vector<RecordRange>{{256, 511}}));
  EXPECT_EQ(sample.visited.size(), 6u + 9u);
  sample.files.erase("tile/0/001");
  EXPECT_EQ(sample.visit({250, 520}).error().code, Code::ResourceNotFound);
}

TEST(ShownRecords, WhatIsNoRecordIsNamed) {
  Sample sample;
  sample.files["tile/entries/001"][5] ^= 0xff;
  const auto visited = sample.visit({256, 300});
  ASSERT_FALSE(visited);
  EXPECT_TRUE(visited.error().message.contains("tile/entries/001, record 256")) << visited.error().message;
  sample.files["tile/entries/001"].pop_back();
  EXPECT_FALSE(sample.visit({256, 300}));
}

TEST(ShownRecords, ReadInWordsAndAsFields) {
  Sample sample;
  auto record = sample.log.stored(kSlot, 3);
  const auto words = record_in_words(3, record);
  for (std::string_view part :
       {"3  2026-", "permitted, status 200", "blob.get evidence-room/2026/case-3.mp4",
        "by account:sample/key1, proved by shared-key", "for evidence-review, on the basis warrant-7"})
    EXPECT_TRUE(words.contains(part)) << part << " in\n" << words;
  auto fields = record_fields(3, record);
  EXPECT_EQ(fields.at("index"), 3);
  EXPECT_EQ(fields.at("what").at("blob"), "2026/case-3.mp4");
  EXPECT_EQ(fields.at("why").at("policies").as_array().size(), 2u);
  EXPECT_EQ(fields.at("outcome").at("status"), 200);
  for (auto kind : kFacetKinds) close(kind, record);
  fields = record_fields(3, record);
  for (auto kind : kFacetKinds) {
    EXPECT_TRUE(fields.at(name(kind)).is_null());
    EXPECT_TRUE(record_in_words(3, record).contains(std::string(name(kind)) + " is closed")) << name(kind);
  }
}

TEST(ShownRecords, AClosingRecordSaysWhatItCloses) {
  Sample sample;
  auto contents = sample_contents(1);
  contents.outcome.closing = Closing{12, "succeeded"};
  contents.what.blob = "a\x1b[2Jb";
  const auto index = sample.log.record(kSlot, contents);
  const auto words = record_in_words(index, sample.log.stored(kSlot, index));
  EXPECT_TRUE(words.contains("closes record 12, succeeded")) << words;
  EXPECT_FALSE(words.contains('\x1b')) << "a terminal must not obey names";
}

}  // namespace
}  // namespace vitrine::evidence
