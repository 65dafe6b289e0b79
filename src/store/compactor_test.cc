// How extents get rid of what nobody needs.
#include <gtest/gtest.h>

#include <fstream>
#include <optional>

#include "store/frames.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBody = 1 << 20;
constexpr int kBodies = 20;

class CompactorTest : public testing::Test {
 protected:
  CompactorTest() {
    reopen();
    for (int i = 0; i < kBodies; ++i) {
      segments_.push_back(*run(write_segment(*store_, body(i))));
      EXPECT_TRUE(commit(*store_, {.adopts = {segments_.back()}}));
    }
    reopen();
  }
  static Bytes body(int number) { return Bytes(kBody, static_cast<std::uint8_t>(number)); }
  void reopen() {
    store_.reset();
    store_ = *Store::open({.directory = scratch_.path()});
  }
  /// All but the first few.
  void release_from(int kept) {
    for (int i = kept; i < kBodies; ++i)
      ASSERT_TRUE(commit(*store_, {.releases = {segments_[static_cast<std::size_t>(i)].id()}}));
    store_->reclaim();
  }
  Result<Bytes> content(int number) {
    return run(read_segment(*store_, segments_[static_cast<std::size_t>(number)].id(), kBody));
  }
  std::vector<fs::path> extents() const {
    std::vector<fs::path> files;
    for (const auto& file : fs::directory_iterator(scratch_.path() / "extents")) files.push_back(file.path());
    std::ranges::sort(files);
    return files;
  }

  ScratchDirectory scratch_;
  std::unique_ptr<Store> store_;
  std::vector<Segment> segments_;
};

TEST_F(CompactorTest, NearlyEmptyExtentsAreEmptied) {
  const auto before = extents();
  release_from(1);
  auto reader = std::optional(std::move(run(open_segment(*store_, segments_[0].id(), kBody)).value()));
  const auto done = store_->compact();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->moved, 1u);
  store_->reclaim();
  EXPECT_EQ(*run(read_all(*reader)), body(0)) << "a read goes on where the segment was";
  reader.reset();
  store_->reclaim();
  for (const auto& file : before) EXPECT_FALSE(fs::exists(file)) << file;
  const auto activity = store_->activity();
  EXPECT_EQ(activity.compaction.moved, 1u);
  EXPECT_EQ(activity.compaction.moved_bytes, done->moved_bytes);
  EXPECT_EQ(activity.freed_bytes, kBodies * done->moved_bytes);
  reopen();
  EXPECT_EQ(*content(0), body(0));
  EXPECT_EQ(store_->check([](std::uint64_t) {}).damages, 0u);
  EXPECT_EQ(store_->counters("live/")->size(), extents().size());
}

TEST_F(CompactorTest, WellFilledExtentsStayAsTheyAre) {
  const auto before = extents();
  release_from(kBodies / 2);
  const auto done = store_->compact();
  EXPECT_EQ(done->moved, 0u);
  EXPECT_EQ(extents(), before);
}

TEST_F(CompactorTest, WhatACrashLeftGoes) {
  store_.reset();
  const auto leftover = std::string(4 << 20, 'x');
  for (const auto& file : extents()) std::ofstream(file, std::ios::app | std::ios::binary) << leftover;
  reopen();
  const auto done = store_->compact();
  EXPECT_EQ(done->freed_bytes / extents().size() >> 20, 4u);
  EXPECT_EQ(store_->compact()->freed_bytes, 0u) << "once is enough";
  for (int i = 0; i < kBodies; ++i) EXPECT_EQ(*content(i), body(i)) << i;
  EXPECT_EQ(store_->check([](std::uint64_t) {}).damages, 0u);
}

TEST_F(CompactorTest, AnExtentWithoutASegmentGoes) {
  release_from(0);
  EXPECT_TRUE(extents().empty()) << "the reclaimer does it";
  std::ofstream(scratch_.path() / "extents" / "00000000000000ff.extent") << std::string(8192, 'x');
  reopen();
  EXPECT_EQ(store_->compact()->removed, 1u);
  EXPECT_TRUE(extents().empty());
}

TEST_F(CompactorTest, DamageStaysWhereItIs) {
  release_from(1);
  store_.reset();
  for (const auto& path : extents()) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096 + 100'000);
    file << "damage";
  }
  reopen();
  const auto done = store_->compact();
  EXPECT_EQ(done->moved, 0u);
  EXPECT_EQ(content(0).error().code, Code::Corrupt);
  EXPECT_EQ(store_->check([](std::uint64_t) {}).damages, 1u);
}

}  // namespace
}  // namespace vitrine::store
