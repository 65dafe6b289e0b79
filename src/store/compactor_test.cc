// How extents get rid of what nobody needs.
#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <set>

#include "store/database.h"
#include "store/extent.h"
#include "store/extent_set.h"
#include "store/frames.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBody = 1 << 20;
constexpr int kBodies = 20;
constexpr Database::Sizes kSizes{.cache_bytes = 1 << 20, .write_buffer_bytes = 1 << 20};

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
  /// Of a segment, with the store closed.
  std::string row(const std::string& id) {
    const auto database = Database::open(posix_file_layer(), scratch_.path() / "metadata", kSizes).value();
    return std::string(as_text(database->get(Family::Segments, id)->bytes()));
  }
  void write_row(const std::string& id, const std::optional<std::string>& value) {
    const auto database = Database::open(posix_file_layer(), scratch_.path() / "metadata", kSizes).value();
    const auto batch = database->new_batch();
    if (value)
      batch->put(Family::Segments, id, {*value});
    else
      batch->erase(Family::Segments, id);
    ASSERT_TRUE(database->write(*batch));
  }
  std::vector<fs::path> extents() const {
    std::vector<fs::path> files;
    for (const auto& file : fs::directory_iterator(scratch_.path() / "extents"))
      if (file.path().extension() == ".extent") files.push_back(file.path());
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

TEST_F(CompactorTest, ManySmallExtentsBecomeFew) {
  std::vector<Segment> small;
  for (int i = 0; i < 8; ++i) {
    small.push_back(run(write_segment(*store_, body(i))).value());
    ASSERT_TRUE(commit(*store_, {.adopts = {small.back()}}));
    reopen();
    if (i == 4) {
      EXPECT_EQ(store_->compact()->moved, 0u) << "few of them are left alone";
    }
  }
  EXPECT_EQ(extents().size(), 10u);
  EXPECT_EQ(store_->compact()->moved, kBodies + 8u);
  store_->reclaim();
  EXPECT_LE(extents().size(), 2u);
  for (int i = 0; i < kBodies; ++i) EXPECT_EQ(*content(i), body(i));
  for (int i = 0; i < 8; ++i)
    EXPECT_EQ(*run(read_segment(*store_, small[static_cast<std::size_t>(i)].id(), kBody)), body(i));
  reopen();
  EXPECT_EQ(store_->compact()->moved, 0u) << "one that is left is not small beside none";
}

TEST_F(CompactorTest, WhatACrashLeftGoes) {
  store_.reset();
  const auto leftover = std::string(4 << 20, 'x');
  for (const auto& file : extents()) std::ofstream(file, std::ios::app | std::ios::binary) << leftover;
  reopen();
  const auto done = store_->compact();
  EXPECT_EQ(done->freed_bytes / extents().size() >> 20, 4u);
  EXPECT_EQ(store_->reclaim(), done->freed_bytes);
  EXPECT_EQ(store_->compact()->freed_bytes, 0u) << "once is enough";
  for (int i = 0; i < kBodies; ++i) EXPECT_EQ(*content(i), body(i)) << i;
  EXPECT_EQ(store_->check([](std::uint64_t) {}).damages, 0u);
}

TEST_F(CompactorTest, AnExtentWithoutASegmentGoes) {
  release_from(0);
  EXPECT_TRUE(extents().empty()) << "the reclaimer does it";
  std::ofstream(scratch_.path() / "extents" / "00000000000000ff.extent") << std::string(8192, 'x');
  reopen();
  ASSERT_TRUE(store_->compact());
  store_->reclaim();
  EXPECT_TRUE(extents().empty());
  EXPECT_EQ(store_->activity().removed_extents, 1u);
}

TEST_F(CompactorTest, AnExtentThatDoesNotOpenKeepsNoneOfTheOthers) {
  std::set<std::uint64_t> seen;
  for (const auto& segment : segments_)
    if (const auto extent = store_->place(segment.id()).value()->location.extent; !seen.insert(extent).second)
      ASSERT_TRUE(commit(*store_, {.releases = {segment.id()}}));
  ASSERT_EQ(extents().size(), 2u);
  store_.reset();
  std::fstream(extents().front(), std::ios::in | std::ios::out | std::ios::binary) << "damage";
  reopen();
  const auto done = store_->compact();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->moved, 1u);
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

/// A quarter of each extent dies: too little to empty it, enough to go over it.
class CleanedUnderReads : public CompactorTest {
 protected:
  static constexpr int kKept = kBodies * 3 / 4;

  void release_and_compact() {
    release_from(kKept);
    const auto done = store_->compact();
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_GT(done->freed_bytes, 0u) << "nothing was gone over, so nothing is shown";
    store_->reclaim();
  }
};

TEST_F(CleanedUnderReads, AnOpenReadGoesOn) {
  std::vector<SegmentReader> readers;
  for (int i = kKept; i < kBodies; ++i)
    readers.push_back(
        std::move(run(open_segment(*store_, segments_[static_cast<std::size_t>(i)].id(), kBody)).value()));
  release_and_compact();
  for (int i = kKept; i < kBodies; ++i) {
    const auto read = run(read_all(readers[static_cast<std::size_t>(i - kKept)]));
    ASSERT_TRUE(read) << i << ": " << read.error().message;
    EXPECT_EQ(*read, body(i));
  }
  readers.clear();
  EXPECT_GT(store_->reclaim(), 0u);
}

TEST_F(CleanedUnderReads, AFrozenStoreKeepsItsBytes) {
  const auto frozen = store_->freeze().value();
  release_and_compact();
  std::size_t seen = 0;
  auto segments = frozen->segments();
  while (const auto contents = segments.next().value())
    for (const auto& segment : contents->segments) {
      Bytes frame(kStoredFrameBytes);
      const auto extent = frozen->extent(contents->extent).value();
      ASSERT_EQ(*extent->file().read_at(segment.location.offset, frame), frame.size());
      EXPECT_TRUE(is_whole(frame)) << segment.location.offset;
      ++seen;
    }
  EXPECT_EQ(seen, static_cast<std::size_t>(kBodies));
}

/// A read holds a pin and knows a place, but has not come to the extent yet, as a backup has not.
TEST_F(CompactorTest, AnExtentStaysForAReadThatOnlyKnowsThePlace) {
  for (const bool by_compactor : {false, true}) {
    SCOPED_TRACE(by_compactor);
    const auto segment = *run(write_segment(*store_, body(1)));
    ASSERT_TRUE(commit(*store_, {.adopts = {segment}}));
    reopen();
    auto pin = std::optional(store_->pin());
    const auto place = store_->place(segment.id()).value();
    const auto path = extent_path(scratch_.path() / "extents", place->location.extent);
    ASSERT_TRUE(commit(*store_, {.releases = {segment.id()}}));
    if (by_compactor) ASSERT_TRUE(store_->compact());
    store_->reclaim();
    {
      auto reader = run(store_->open_segment(StoreTestPeer::read_access(), test_keys(), *place, {0, kBody}));
      ASSERT_TRUE(reader) << reader.error().message;
      EXPECT_EQ(*run(read_all(*reader)), body(1));
    }
    pin.reset();
    store_->reclaim();
    EXPECT_FALSE(fs::exists(path));
  }
}

/// What died first waits for no read any more; what died last does.
TEST_F(CompactorTest, TheLastSegmentThatDiedKeepsItsExtent) {
  const auto id = segments_[0].id();
  const auto path = extent_path(scratch_.path() / "extents", store_->place(id).value()->location.extent);
  const auto last = [&] {
    std::vector<SegmentId> here;
    for (const auto& segment : segments_)
      if (segment.id() != id &&
          store_->place(segment.id()).value()->location.extent == store_->place(id).value()->location.extent)
        here.push_back(segment.id());
    return here;
  }();
  auto early = std::optional(store_->pin());
  for (const auto& each : last) ASSERT_TRUE(commit(*store_, {.releases = {each}}));
  EXPECT_EQ(store_->reclaim(), 0u);
  const auto late = store_->pin();
  const auto place = store_->place(id).value();
  ASSERT_TRUE(commit(*store_, {.releases = {id}}));
  EXPECT_EQ(store_->reclaim(), 0u);
  early.reset();
  EXPECT_GT(store_->reclaim(), 0u) << "the first batch is free";
  EXPECT_TRUE(fs::exists(path));
  auto reader = run(store_->open_segment(StoreTestPeer::read_access(), test_keys(), *place, {0, kBody}));
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ(*run(read_all(*reader)), body(0));
}

/// Nobody can tell where its segment lies: it may lie anywhere.
TEST_F(CompactorTest, ARowThatCannotBeReadLetsNothingBeFreed) {
  release_from(kBodies * 3 / 4);
  store_.reset();
  const auto leftover = std::string(4 << 20, 'x');
  for (const auto& file : extents()) std::ofstream(file, std::ios::app | std::ios::binary) << leftover;
  const std::string id(as_text(segments_[1].id()));
  for (const auto& [key, value] : {std::pair(id, "no row"), std::pair(std::string("no id"), "no row")}) {
    const auto before = row(id);
    write_row(key, value);
    reopen();
    const auto done = store_->compact();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::Corrupt);
    EXPECT_EQ(store_->reclaim(), 0u);
    store_.reset();
    write_row(key, std::nullopt);
    write_row(id, before);
  }
  write_row(id, std::nullopt);
  reopen();
  EXPECT_EQ(store_->compact().error().code, Code::Corrupt) << "a row is missing";
  store_.reset();
}

}  // namespace
}  // namespace vitrine::store
