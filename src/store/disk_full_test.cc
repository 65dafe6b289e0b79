// A full disk: nothing new is stored, reading and deleting go on, and so does everything once there is room.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "store/memory_disk.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

constexpr std::uint64_t kReserve = 8 << 20;

class DiskFull : public testing::Test {
 protected:
  void SetUp() override {
    disk_.set_capacity(48 << 20);
    open();
  }
  void open() {
    store_.reset();
    auto opened = Store::open({.directory = "/disk",
                               .write_buffer_bytes = 1 << 20,
                               .extent_bytes = 4 << 20,
                               .reserve_bytes = kReserve,
                               .files = &disk_});
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  static std::string name(int number) { return "blob " + std::to_string(number); }

  Result<Position> put(int number) {
    return commit(*store_, {.writes = {{{Table::Heads, name(number)}, "head"},
                                       {{Table::Bodies, name(number)}, std::string(60'000, 'x')}},
                            .records = {{1, {}, "put"}}});
  }
  /// Puts until the disk is full.
  void fill() {
    while (stored_ < 5'000) {
      const auto done = put(stored_);
      if (done) {
        ++stored_;
        continue;
      }
      EXPECT_EQ(done.error().code, Code::InsufficientStorage) << done.error().message;
      // A merge under way may make room again.
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      read_on(1);
      if (!store_->has_room()) return;
    }
    FAIL() << "the disk never got full";
  }
  Result<Position> read() {
    if (auto found = store_->look_up({Table::Heads, name(0)}); !found) return std::unexpected(found.error());
    return commit(*store_, {.deltas = {{"reads", 1}}, .records = {{1, {}, std::string(400, 'r')}}});
  }
  /// Reads so many times; a reopening in between is waited for.
  void read_on(int times) {
    for (int done = 0, waits = 0; done < times;) {
      if (const auto recorded = read()) {
        ++done;
      } else {
        ASSERT_LT(++waits, 400) << recorded.error().message;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
    }
  }

  MemoryDisk disk_;
  std::unique_ptr<Store> store_;
  int stored_ = 0;
};

TEST_F(DiskFull, NothingNewIsStoredWhileReadingAndDeletingGoOn) {
  fill();
  ASSERT_GT(stored_, 100);
  EXPECT_EQ(store_->has_room().error().code, Code::InsufficientStorage);
  EXPECT_EQ(run(write_segment(*store_, Bytes(3 << 20, 'x'))).error().code, Code::InsufficientStorage);
  EXPECT_EQ(commit(*store_, {.writes = {{{Table::Heads, "new"}, "empty"}}}).error().code,
            Code::InsufficientStorage);
  EXPECT_TRUE(commit(*store_, {.writes = {{{Table::Heads, name(1)}, "a trace of it"},
                                          {{Table::Rows, name(1)}, std::nullopt}},
                               .releases = {name(1)}}))
      << "deletions go on";
  EXPECT_TRUE(commit(*store_, {.writes = {{{Table::State, "suspended"}, "1"}}}))
      << "and so does the operator";
  EXPECT_EQ(commit(*store_, {.writes = {{{Table::State, "container"}, "1"}}, .grows = true}).error().code,
            Code::InsufficientStorage);
  const auto head = *store_->look_up({Table::Heads, name(2)});
  EXPECT_TRUE(commit(
      *store_, {.guards = {head.guard(Table::Heads)}, .writes = {{{Table::Heads, name(2)}, "lease broken"}}}))
      << "what stands in the way of a deletion";
  read_on(500);
  EXPECT_EQ(store_->activity().recoveries, 0u) << "the disk never refused anything";
}

TEST_F(DiskFull, IsStillFullForWhoOpensTheStoreAgainAndNotForEver) {
  fill();
  open();
  fill();
  read_on(500);
  EXPECT_EQ(store_->activity().recoveries, 0u) << "opening merged nothing";

  disk_.set_capacity(200 << 20);
  ASSERT_TRUE(read());
  EXPECT_TRUE(store_->has_room());
  EXPECT_TRUE(put(stored_)) << "room was made";
}

TEST_F(DiskFull, IsLookedAtAgainWhenNobodyAsks) {
  fill();
  disk_.set_capacity(200 << 20);
  for (int waits = 0; waits < 500 && !store_->has_room(); ++waits)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_TRUE(store_->has_room());
}

TEST_F(DiskFull, ASegmentLeavesTheRoomForRecords) {
  for (const auto known : {std::optional<std::uint64_t>(64 << 20), std::optional<std::uint64_t>()}) {
    const auto writer = store_->new_segment(test_keys().current(), known);
    Result<void> appended;
    for (std::uint64_t sent = 0; appended && sent < 64 << 20; sent += 1 << 20)
      appended = run(writer->append(Bytes(1 << 20, 'x')));
    ASSERT_FALSE(appended);
    EXPECT_EQ(appended.error().code, Code::InsufficientStorage);
    EXPECT_GE(*disk_.free_room("/disk"), kReserve);
  }
  EXPECT_TRUE(disk_.files().contains("/disk/reserve"));
  EXPECT_TRUE(put(0)) << "and small bodies";
}

TEST_F(DiskFull, WhenSomebodyElseTakesTheLastByteReadsGoOnInTheRoomSetAside) {
  for (; stored_ < 50; ++stored_) ASSERT_TRUE(put(stored_));
  disk_.set_capacity(disk_.used());
  read_on(500);
  EXPECT_FALSE(disk_.files().contains("/disk/reserve")) << "it was given up";
  EXPECT_EQ(put(stored_).error().code, Code::InsufficientStorage);
  read_on(500);
  EXPECT_EQ(*store_->counter("reads"), 1'000);

  disk_.set_capacity(200 << 20);
  read_on(1);
  EXPECT_TRUE(put(stored_)) << "room was made";
  EXPECT_TRUE(disk_.files().contains("/disk/reserve")) << "and set aside again";
  open();
  EXPECT_EQ(store_->check([](std::uint64_t) {}).damages, 0u);
  for (int i = 0; i <= stored_; ++i) EXPECT_TRUE(store_->look_up({Table::Heads, name(i)})->exists()) << i;
}

TEST_F(DiskFull, ADiskWithoutAnyRoomRefusesTheStartAndLosesNothing) {
  for (; stored_ < 5; ++stored_) ASSERT_TRUE(put(stored_));
  store_.reset();
  for (const std::uint64_t left : {0, 1000, 100'000}) {
    // What is set aside is given up first.
    disk_.set_capacity(disk_.used() + left);
    if (disk_.files().contains("/disk/reserve")) ASSERT_TRUE(disk_.remove("/disk/reserve"));
    disk_.set_capacity(disk_.used() + left);
    const auto refused = Store::open({.directory = "/disk", .files = &disk_});
    ASSERT_FALSE(refused) << left;
    EXPECT_EQ(refused.error().code, Code::InsufficientStorage) << refused.error().message;
    EXPECT_NE(refused.error().message.find("ake room"), std::string::npos) << refused.error().message;
  }
  disk_.set_capacity(200 << 20);
  open();
  for (int i = 0; i < stored_; ++i) EXPECT_TRUE(store_->look_up({Table::Heads, name(i)})->exists()) << i;
}

TEST(Reserve, IsNotSetAsideUnlessAskedFor) {
  MemoryDisk disk;
  ASSERT_TRUE(Store::open({.directory = "/disk", .files = &disk}));
  EXPECT_FALSE(disk.files().contains("/disk/reserve"));
}

}  // namespace
}  // namespace vitrine::store
