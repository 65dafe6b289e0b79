#include "store/check.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "store/database.h"
#include "store/encoding.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

class CheckTest : public testing::Test {
 protected:
  CheckTest() {
    auto store = Store::open({.directory = scratch_.path()}).value();
    const auto segment = run(write_segment(*store, Bytes(100'000, 'x'))).value();
    EXPECT_TRUE(commit(*store, {.writes = {{{Table::Heads, "h"}, "head"}},
                                .deltas = {{"c", 1}},
                                .records = {{7, {}, "0"}, {7, {}, "1"}, {7, {}, "2"}},
                                .adopts = {segment}}));
    id_ = segment.id();
  }

  /// Changes the tables behind the store's back.
  void change(const std::function<void(Database&, Batch&)>& change) {
    auto database =
        Database::open(posix_file_layer(), scratch_.path() / "metadata", {1 << 20, 1 << 20}).value();
    auto batch = database->new_batch();
    change(*database, *batch);
    ASSERT_TRUE(database->write(*batch));
  }

  CheckReport look() {
    auto store = Store::open({.directory = scratch_.path()}).value();
    return store->check([](std::uint64_t) {});
  }

  void expect_told(const std::vector<std::string>& places) {
    const auto report = look();
    EXPECT_EQ(report.damages, places.size());
    std::vector<std::string> told;
    for (const auto& damage : report.told) told.push_back(damage.place + ": " + damage.what);
    for (std::size_t i = 0; i < std::min(told.size(), places.size()); ++i)
      EXPECT_NE(told[i].find(places[i]), std::string::npos) << told[i];
  }

  ScratchDirectory scratch_;
  SegmentId id_{};
};

TEST_F(CheckTest, AWholeStoreHasNothingToTell) {
  const auto report = look();
  EXPECT_EQ(report.damages, 0u) << (report.told.empty() ? "" : report.told[0].what);
  EXPECT_EQ(report.records, 3u);
  EXPECT_EQ(report.segments, 1u);
  EXPECT_EQ(report.segment_bytes, 100'000u + 2 * 20);
}

/// Ends the check at each step, as a restart would.
class OneStep final : public CheckGuide {
 public:
  bool go_on(std::uint64_t, const CheckPlace& place) override {
    reached = place;
    return false;
  }
  CheckPlace reached;
};

TEST_F(CheckTest, GoesOnWhereItEnded) {
  change([](Database&, Batch& batch) {
    batch.put(Family::Heads, "broken", {"short"});
    batch.erase(Family::Journal, as_text(journal_key(7, 1)));
    for (int i = 0; i < 40; ++i)
      batch.put(Family::Bodies, "b" + std::to_string(i),
                {as_text(store_integer(1)), std::string(100'000, 'x')});
  });
  const auto store = Store::open({.directory = scratch_.path()}).value();
  const auto at_once = store->check([](std::uint64_t) {});
  OneStep guide;
  CheckReport report;
  int steps = 0;
  for (auto from = CheckPlace{}; !store->check(from, guide, report); from = guide.reached) ++steps;
  EXPECT_GE(steps, 12);
  // Once a check's snapshot is gone, RocksDB writes some tables anew: their bytes may be read twice.
  EXPECT_GE(report.bytes, 40u * 100'000);
  report.bytes = at_once.bytes;
  EXPECT_EQ(report, at_once);
}

TEST_F(CheckTest, ADamagedManifestIsToldBeforeTheStoreIsOpenedAgain) {
  const auto store = Store::open({.directory = scratch_.path()}).value();
  ASSERT_EQ(store->check([](std::uint64_t) {}).damages, 0u);
  for (const auto& file : std::filesystem::directory_iterator(scratch_.path() / "metadata"))
    if (file.path().filename().string().starts_with("MANIFEST-")) flip(file.path(), file.file_size() / 2);
  const auto report = store->check([](std::uint64_t) {});
  ASSERT_EQ(report.damages, 1u);
  EXPECT_EQ(report.told.front().place, "the manifest");
}

TEST_F(CheckTest, AMissingRecordIsTold) {
  change([](Database&, Batch& batch) { batch.erase(Family::Journal, as_text(journal_key(7, 1))); });
  expect_told({"journal 7: records 1 to 1 are missing"});
}

TEST_F(CheckTest, RowsOfAWrongFormAreTold) {
  change([](Database&, Batch& batch) {
    batch.put(Family::Heads, "h", {"short"});
    batch.put(Family::Counters, "c", {"short"});
    batch.put(Family::Segments, std::string(32, 's'), {"short"});
  });
  expect_told({"table heads, key 68", "table counters, key 63", "table segments, key 7373"});
}

TEST_F(CheckTest, ACounterOfLiveBytesThatIsNotTheirSumIsTold) {
  const std::string place = "live bytes of extent 1: the rows of its segments say 100040, its counter ";
  change([](Database&, Batch& batch) { batch.erase(Family::Counters, live_key(1)); });
  expect_told({place + "is missing"});
  for (const auto wrong : {std::int64_t{100'039}, std::int64_t{100'041}, std::int64_t{-5}}) {
    change([&](Database&, Batch& batch) {
      batch.put(Family::Counters, live_key(1), {as_text(store_integer(static_cast<std::uint64_t>(wrong)))});
    });
    expect_told({place + std::to_string(wrong)});
  }
}

TEST_F(CheckTest, ACounterOfAnExtentInWhichNothingLiesIsTold) {
  change(
      [](Database&, Batch& batch) { batch.put(Family::Counters, live_key(9), {as_text(store_integer(7))}); });
  expect_told({"live bytes of extent 9: the rows of its segments say 0, its counter 7"});
}

TEST_F(CheckTest, AnUnreadableRowBlamesNoCounter) {
  change([&](Database&, Batch& batch) { batch.put(Family::Segments, as_text(id_), {"short"}); });
  expect_told({"table segments, key "});
}

/// The rows are read for a while, and all the time bodies come and go.
TEST_F(CheckTest, CountersAreComparedAsOfOneMoment) {
  const auto store = Store::open({.directory = scratch_.path()}).value();
  std::atomic<bool> done = false;
  std::jthread writer([&] {
    while (!done) {
      const auto segment = run(write_segment(*store, Bytes(50'000, 'y'))).value();
      EXPECT_TRUE(commit(*store, {.adopts = {segment}}));
      EXPECT_TRUE(commit(*store, {.releases = {segment.id()}}));
    }
  });
  for (int i = 0; i < 100; ++i) {
    OneStep guide;
    CheckReport report;
    (void)store->check({CheckStage::Counters, {}}, guide, report);
    EXPECT_EQ(report.damages, 0u) << report.told[0].place << ": " << report.told[0].what;
  }
  done = true;
}

TEST_F(CheckTest, SegmentsThatOverlapAreTold) {
  change([&](Database& database, Batch& batch) {
    const auto stored = database.get(Family::Segments, as_text(id_)).value();
    auto row = read_segment_row(stored.bytes()).value();
    batch.put(Family::Segments, std::string(32, 'a'), {as_text(store_segment_row(row))});
    row.location.offset += 4096;
    batch.put(Family::Segments, std::string(32, 'b'), {as_text(store_segment_row(row))});
  });
  const auto report = look();
  ASSERT_GE(report.damages, 4u);
  EXPECT_EQ(report.told[0].place, "live bytes of extent 1");
  EXPECT_EQ(report.told[1].what, "two segments claim this place");
  EXPECT_EQ(report.told[2].what, "a segment begins inside the one before");
}

}  // namespace
}  // namespace vitrine::store
