// How the compactor moves many segments: with few syncs, at its rate, and so that a stop comes between.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "store/passing_files.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

/// Counts what is asked of extents.
struct Syncs {
  std::atomic<int> of_extents = 0;
  std::atomic<bool> fail = false, full = false;
};
class CountedFile final : public PassingFile {
 public:
  CountedFile(std::unique_ptr<File> file, const std::filesystem::path& path, Syncs& syncs)
      : PassingFile(std::move(file)), is_extent_(path.extension() == ".extent"), syncs_(syncs) {}
  Result<void> sync() override {
    if (!is_extent_) return PassingFile::sync();
    ++syncs_.of_extents;
    if (syncs_.fail) return fail(Code::DeviceFailed, "broken");
    return PassingFile::sync();
  }
  Result<void> allocate(std::uint64_t offset, std::uint64_t length) override {
    if (is_extent_ && syncs_.full) return fail(Code::InsufficientStorage, "full");
    return PassingFile::allocate(offset, length);
  }

 private:
  const bool is_extent_;
  Syncs& syncs_;
};

/// Small ones are all that is left in two extents.
class ManyMoves : public testing::Test {
 protected:
  static constexpr std::size_t kLarge = 1 << 20, kSmall = 70'000;
  static constexpr std::uint64_t kMoves = 10;

  ManyMoves() {
    open({});
    std::vector<BodyRef> large;
    for (std::uint64_t i = 0; i < kMoves / 2; ++i) {
      // They go to the two extents in turn.
      for (const auto size : {kLarge, kLarge, kSmall, kSmall}) {
        const auto segment = run(write_segment(*store_, Bytes(size, 'x'))).value();
        EXPECT_TRUE(commit(*store_, {.adopts = {segment}}));
        (size == kSmall ? small_ : large).emplace_back(segment.id());
      }
    }
    EXPECT_TRUE(commit(*store_, {.releases = large}));
    open({});
  }
  void open(Options options) {
    options.directory = scratch_.path();
    options.files = &files_;
    store_.reset();
    store_ = Store::open(std::move(options)).value();
    files_.state.of_extents = 0;
  }
  void expect_all_whole() {
    for (const auto& id : small_)
      EXPECT_EQ(*run(read_segment(*store_, std::get<SegmentId>(id), kSmall)), Bytes(kSmall, 'x'));
    EXPECT_EQ(store_->check([](std::uint64_t) {}).damages, 0u);
  }

  ScratchDirectory scratch_;
  PassingFiles<CountedFile, Syncs> files_;
  std::unique_ptr<Store> store_;
  std::vector<BodyRef> small_;
};

TEST_F(ManyMoves, AreSyncedTogether) {
  EXPECT_EQ(store_->compact()->moved, kMoves);
  EXPECT_EQ(files_.state.of_extents, 2 + 2)
      << "one for the header of each new extent, one for what went there";
  expect_all_whole();
}

TEST_F(ManyMoves, ThatCannotBeSyncedStayWhereTheyWere) {
  files_.state.fail = true;
  EXPECT_EQ(store_->compact().error().code, Code::DeviceFailed);
  files_.state.fail = false;
  expect_all_whole();
  EXPECT_EQ(store_->compact()->moved, kMoves) << "another try";
  expect_all_whole();
}

TEST_F(ManyMoves, ThatFindNoRoomKeepNothingElseFromComingFree) {
  std::vector<Segment> kept;
  for (int i = 0; i < 4; ++i) {
    kept.push_back(run(write_segment(*store_, Bytes(kLarge, 'y'))).value());
    ASSERT_TRUE(commit(*store_, {.adopts = {kept.back()}}));
  }
  store_.reset();
  constexpr std::uint64_t kLeftByACrash = 4 << 20;
  for (const auto& file : std::filesystem::directory_iterator(scratch_.path() / "extents"))
    if (file.path().extension() == ".extent")
      std::ofstream(file.path(), std::ios::app | std::ios::binary) << std::string(kLeftByACrash, 'x');
  open({});
  files_.state.full = true;
  const auto done = store_->compact();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::InsufficientStorage);
  EXPECT_GE(store_->activity().compaction.freed_bytes, kLeftByACrash);
  files_.state.full = false;
  store_->reclaim();
  EXPECT_EQ(store_->compact()->moved, kMoves);
  expect_all_whole();
}

TEST_F(ManyMoves, GoAtTheRateThatIsAskedFor) {
  const auto begin = std::chrono::steady_clock::now();
  open({.compaction_pause = std::chrono::seconds(1), .compaction_bytes_per_second = kMoves * kSmall});
  while (store_->activity().compaction.moved == 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_GT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(1'900))
      << "a second's pause, and a second for all of them";
  expect_all_whole();
}

TEST_F(ManyMoves, ThatAreSlowKeepNobodyFromStopping) {
  open({.compaction_pause = std::chrono::seconds(1), .compaction_bytes_per_second = kSmall / 10});
  std::this_thread::sleep_for(std::chrono::milliseconds(1'500));
  const auto begin = std::chrono::steady_clock::now();
  open({});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5)) << "each takes ten";
  expect_all_whole();
  const auto moved = store_->compact()->moved;
  EXPECT_GT(moved, 0u);
  EXPECT_LT(moved, kMoves) << "what was copied by then was committed";
}

}  // namespace
}  // namespace vitrine::store
