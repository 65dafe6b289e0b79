#include "store/frozen_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "store/encoding.h"
#include "store/extent.h"
#include "store/frames.h"
#include "store/memory_disk.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

class FrozenStoreTest : public testing::Test {
 protected:
  FrozenStoreTest() { open(); }
  void open() {
    store_.reset();
    store_ = Store::open({.directory = scratch_.path(), .extent_bytes = 256 << 10}).value();
  }

  SegmentId put(const std::string& key, std::size_t size = 100'000) {
    const auto segment = run(write_segment(*store_, Bytes(size, 'x'))).value();
    EXPECT_TRUE(commit(*store_, {.writes = {{{Table::Heads, key}, "head"}}, .adopts = {segment}}));
    return segment.id();
  }

  ScratchDirectory scratch_;
  std::unique_ptr<Store> store_;
};

std::vector<PlacedSegment> all(SegmentsByPlace segments) {
  std::vector<PlacedSegment> out;
  while (auto extent = segments.next().value())
    for (auto& each : extent->segments) out.push_back(each);
  return out;
}

TEST_F(FrozenStoreTest, LaterCommitsAreNotInIt) {
  put("a");
  const auto frozen = store_->freeze().value();
  put("b");
  EXPECT_EQ(frozen->version(), 1u);
  EXPECT_TRUE(frozen->look_up({Table::Heads, "a"}).value().exists());
  EXPECT_FALSE(frozen->look_up({Table::Heads, "b"}).value().exists());
  EXPECT_EQ(all(frozen->segments()).size(), 1u);
}

TEST_F(FrozenStoreTest, WhatIsReleasedKeepsItsBytesMeanwhile) {
  const auto id = put("a");
  const auto bytes_of = [](const FrozenStore& frozen) {
    const auto segment = all(frozen.segments()).at(0);
    Bytes bytes(static_cast<std::size_t>(stored_length(segment.length)));
    const auto extent = frozen.extent(segment.location.extent);
    return extent && (*extent)->file().read_at(segment.location.offset, bytes).value() == bytes.size() &&
           is_whole(ConstBytes(bytes).first(kStoredFrameBytes));
  };
  auto frozen = store_->freeze().value();
  ASSERT_TRUE(commit(*store_, {.writes = {{{Table::Heads, "a"}, std::nullopt}}, .releases = {{id}}}));
  EXPECT_EQ(store_->reclaim(), 0u);
  EXPECT_TRUE(bytes_of(*frozen));
  frozen.reset();
  EXPECT_GT(store_->reclaim(), 100'000u);
}

TEST_F(FrozenStoreTest, OneAtATimeAndNothingIsLeft) {
  put("a");
  {
    const auto frozen = store_->freeze().value();
    const auto second = store_->freeze();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::ServerBusy);
  }
  EXPECT_FALSE(std::filesystem::exists(scratch_.path() / "frozen"));
  for (const auto* leftover : {"frozen", "frozen.tmp"}) {  // as a crash would leave it
    std::filesystem::create_directory(scratch_.path() / leftover);
    std::ofstream(scratch_.path() / leftover / "000001.sst") << "x";
  }
  open();
  for (const auto* leftover : {"frozen", "frozen.tmp"})
    EXPECT_FALSE(std::filesystem::exists(scratch_.path() / leftover));
  EXPECT_TRUE(store_->freeze());
}

TEST_F(FrozenStoreTest, WhatCouldNotBeRemovedKeepsNobodyFromTheNextOne) {
  MemoryDisk disk;
  auto store = Store::open({.directory = "/disk", .files = &disk}).value();
  ASSERT_TRUE(commit(*store, {.writes = {{{Table::Heads, "a"}, "head"}}}));
  {
    const auto frozen = store->freeze().value();
    disk.set_read_only(true);
  }
  disk.set_read_only(false);
  const auto is_left = [&] {
    return std::ranges::any_of(disk.files(),
                               [](const auto& file) { return file.first.parent_path() == "/disk/frozen"; });
  };
  EXPECT_TRUE(is_left());
  EXPECT_TRUE(store->freeze());
  EXPECT_FALSE(is_left());
}

TEST_F(FrozenStoreTest, TablesHaveIdsThatStay) {
  put("a");
  const auto ids = [this] {
    std::map<std::string, std::string> ids;
    for (const auto& file : store_->freeze().value()->files().value())
      if (!file.table_id.empty()) ids[file.name] = file.table_id;
    return ids;
  };
  const auto first = ids();
  ASSERT_FALSE(first.empty());
  for (const auto& [name, id] : first) EXPECT_EQ(id.size(), 48u);
  put("b");
  const auto second = ids();
  EXPECT_GT(second.size(), first.size());
  for (const auto& [name, id] : first) EXPECT_EQ(second.at(name), id);
}

TEST_F(FrozenStoreTest, SegmentsComeByTheirPlacesWhateverTheWindow) {
  for (int i = 0; i < 12; ++i) put("k" + std::to_string(i), 70'000);
  put("empty", 0);
  const auto expected = all(store_->freeze().value()->segments());
  ASSERT_EQ(expected.size(), 12u);
  store_.reset();
  const auto database =
      Database::open(posix_file_layer(), scratch_.path() / "metadata", {1 << 20, 1 << 20}).value();
  for (const std::size_t window : {1, 3, 100}) {
    const auto found = all(SegmentsByPlace(*database, 0, window));
    ASSERT_EQ(found.size(), 12u);
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].id, expected[i].id);
    for (std::size_t i = 1; i < found.size(); ++i)
      EXPECT_LT(std::pair(found[i - 1].location.extent, found[i - 1].location.offset),
                std::pair(found[i].location.extent, found[i].location.offset));
  }
  const auto later = all(SegmentsByPlace(*database, expected.back().location.extent));
  EXPECT_LT(later.size(), 12u);
  EXPECT_FALSE(later.empty());
}

}  // namespace
}  // namespace vitrine::store
