// Journals as streams: appended at the end, trimmed at the front.
#include "store/journals.h"

#include <gtest/gtest.h>

#include "store/database.h"
#include "store/encoding.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

class JournalsTest : public testing::Test {
 protected:
  JournalsTest() { open(); }
  void open() {
    store_.reset();
    store_ = Store::open({.directory = scratch_.path()}).value();
  }
  void append(std::uint32_t slot, int records) {
    Commit appended;
    for (int i = 0; i < records; ++i) appended.records.push_back({slot, {}, "record"});
    ASSERT_TRUE(commit(*store_, std::move(appended)));
  }
  Result<Position> trim(std::uint32_t slot, std::uint64_t up_to) {
    return commit(*store_, {.trims = {{slot, up_to}}});
  }
  /// Size and front of every slot.
  std::vector<std::array<std::uint64_t, 3>> spans() {
    std::vector<std::array<std::uint64_t, 3>> out;
    for (const auto& each : store_->journal_sizes()) out.push_back({each.slot, each.front, each.size});
    return out;
  }
  std::uint64_t damages() {
    return store_->check([](std::uint64_t) {}).damages;
  }

  ScratchDirectory scratch_;
  std::unique_ptr<Store> store_;
};

using Spans = std::vector<std::array<std::uint64_t, 3>>;

TEST_F(JournalsTest, ATrimTakesTheFrontAndKeepsTheIndexes) {
  append(7, 5);
  ASSERT_TRUE(trim(7, 3));
  EXPECT_EQ(store_->journal_front(7), 3u);
  EXPECT_EQ(store_->journal_size(7), 5u);
  EXPECT_EQ(store_->scan_journal(7, 3, SIZE_MAX).value().size(), 2u);
  const auto below = store_->scan_journal(7, 2, SIZE_MAX);
  ASSERT_FALSE(below);
  EXPECT_EQ(below.error().code, Code::RecordNotFound);
  EXPECT_NE(below.error().message.find("begins with record 3"), std::string::npos);
  EXPECT_EQ(damages(), 0u);
}

TEST_F(JournalsTest, ARewrittenRecordStandsInItsPlace) {
  append(7, 5);
  ASSERT_TRUE(trim(7, 3));
  ASSERT_TRUE(commit(*store_, {.rewrites = {{7, 2, {}, "trimmed"}, {7, 4, {}, "other"}}}));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(spans(), (Spans{{7, 3, 5}}));
    const auto records = store_->scan_journal(7, 3, SIZE_MAX).value();
    ASSERT_EQ(records.size(), 2u);
    EXPECT_EQ(records[0].bytes, "record");
    EXPECT_EQ(records[1].bytes, "other");
    EXPECT_FALSE(store_->scan_journal(7, 2, 1)) << "what was trimmed does not come back";
    open();
  }
  const auto beyond = commit(*store_, {.rewrites = {{7, 5, {}, "beyond"}}});
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, Code::OutOfRangeInput);
  EXPECT_FALSE(commit(*store_, {.rewrites = {{8, 0, {}, "of nobody"}}}));
  EXPECT_EQ(damages(), 0u);
}

TEST_F(JournalsTest, AnEmptyTailStillKnowsItsSize) {
  append(7, 5);
  append(9, 2);
  ASSERT_TRUE(trim(7, 5));
  const Spans expected{{7, 5, 5}, {9, 0, 2}};
  EXPECT_EQ(spans(), expected);
  open();
  EXPECT_EQ(spans(), expected);
  EXPECT_TRUE(store_->scan_journal(7, 5, 10).value().empty());
  EXPECT_FALSE(store_->scan_journal(7, 0, 10));
  const auto position = commit(*store_, {.records = {{7, {}, "next"}}});
  EXPECT_EQ(position->journal_indexes, std::vector<std::uint64_t>{5});
  EXPECT_EQ(damages(), 0u);
}

TEST_F(JournalsTest, TrimsAndRecordsOfOneCommitGoTogether) {
  append(7, 3);
  const auto both = commit(*store_, {.records = {{7, {}, "a"}, {7, {}, "b"}}, .trims = {{7, 3}}});
  ASSERT_TRUE(both);
  EXPECT_EQ(both->journal_indexes, (std::vector<std::uint64_t>{3, 4}));
  EXPECT_EQ(spans(), (Spans{{7, 3, 5}}));
  open();
  EXPECT_EQ(spans(), (Spans{{7, 3, 5}}));
  EXPECT_EQ(store_->scan_journal(7, 3, SIZE_MAX).value().size(), 2u);
}

TEST_F(JournalsTest, NothingIsTrimmedTwiceOrBeyondTheEnd) {
  append(7, 3);
  for (const auto& [slot, up_to] : {std::pair{7u, 4u}, std::pair{8u, 1u}}) {
    const auto beyond = trim(slot, up_to);
    ASSERT_FALSE(beyond);
    EXPECT_EQ(beyond.error().code, Code::OutOfRangeInput);
  }
  ASSERT_TRUE(trim(7, 2));
  ASSERT_TRUE(trim(7, 1));
  EXPECT_EQ(store_->journal_front(7), 2u);
  EXPECT_EQ(spans(), (Spans{{7, 2, 3}}));
}

TEST_F(JournalsTest, ALostRecordBehindTheFrontIsTold) {
  append(7, 6);
  ASSERT_TRUE(trim(7, 2));
  store_.reset();
  {
    const auto database =
        Database::open(posix_file_layer(), scratch_.path() / "metadata", {1 << 20, 1 << 20}).value();
    const auto batch = database->new_batch();
    batch->erase(Family::Journal, as_text(journal_key(7, 2)));
    batch->erase(Family::Journal, as_text(journal_key(7, 4)));
    ASSERT_TRUE(database->write(*batch));
  }
  open();
  EXPECT_EQ(damages(), 2u);  // 2, and 4
}

TEST_F(JournalsTest, ManySlotsOpenFast) {
  constexpr std::uint32_t kSlots = 12'000;
  for (std::uint32_t slot = 0; slot < kSlots;) {
    Commit some;
    for (int i = 0; i < 1000; ++i, ++slot)
      for (int record = 0; record < 3; ++record) some.records.push_back({slot, {}, std::string(200, 'r')});
    ASSERT_TRUE(commit(*store_, std::move(some)));
  }
  Commit trims;
  for (std::uint32_t slot = 0; slot < kSlots; slot += 2)
    trims.trims.push_back({slot, slot % 4 == 0 ? 3u : 2u});
  ASSERT_TRUE(commit(*store_, std::move(trims)));
  store_.reset();
  const auto database =
      Database::open(posix_file_layer(), scratch_.path() / "metadata", {64 << 20, 64 << 20}).value();
  const auto begin = std::chrono::steady_clock::now();
  Journals journals;
  ASSERT_TRUE(journals.load(*database));
  const auto took = std::chrono::steady_clock::now() - begin;
  RecordProperty("milliseconds",
                 static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
  EXPECT_LT(took, std::chrono::seconds(20));
  const auto all = journals.all();
  ASSERT_EQ(all.size(), kSlots);
  for (const auto& each : all) {
    EXPECT_EQ(each.size, 3u);
    EXPECT_EQ(each.front, each.slot % 2 != 0 ? 0u : each.slot % 4 == 0 ? 3u : 2u);
  }
}

}  // namespace
}  // namespace vitrine::store
