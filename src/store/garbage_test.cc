// What happens to bodies that nothing names any more.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "store/database.h"
#include "store/encoding.h"
#include "store/frames.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

constexpr std::size_t kBody = 1 << 20;

/// The fixture writes it, so its absence is a wrong guess.
const Guard kWrong{{Table::Heads, "there"}, 0};

class GarbageTest : public testing::Test {
 protected:
  GarbageTest() {
    reopen();
    EXPECT_TRUE(commit(*store_, {.writes = {{kWrong.key, "x"}}}));
  }
  void reopen() {
    store_.reset();
    store_ = *Store::open({.directory = scratch_.path()});
  }
  Segment write(std::uint8_t fill = 'x') { return *run(write_segment(*store_, Bytes(kBody, fill))); }
  Segment adopted(std::uint8_t fill = 'x') {
    auto segment = write(fill);
    EXPECT_TRUE(commit(*store_, {.adopts = {segment}}));
    return segment;
  }
  void release(BodyRef body) { ASSERT_TRUE(commit(*store_, {.releases = {std::move(body)}})); }
  bool exists(const Segment& segment) { return store_->segment_length(segment.id()).has_value(); }
  /// The room that all extents take on the disk, without what is set aside.
  std::uint64_t used() {
    store_.reset();
    std::uint64_t bytes = 0;
    for (const auto& file : std::filesystem::directory_iterator(scratch_.path() / "extents")) {
      struct stat status{};
      EXPECT_EQ(stat(file.path().c_str(), &status), 0);
      bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
    }
    reopen();
    return bytes;
  }

  ScratchDirectory scratch_;
  std::unique_ptr<Store> store_;
};

TEST_F(GarbageTest, AReleasedSegmentGivesItsRoomBack) {
  const auto kept = adopted('k'), dropped = adopted('d');
  const auto before = used();
  release(dropped.id());
  EXPECT_FALSE(exists(dropped));
  EXPECT_EQ(store_->reclaim(), stored_length(kBody));
  EXPECT_LE(used(), before - kBody);
  auto reader = run(open_segment(*store_, kept.id(), kBody));
  EXPECT_EQ(*run(read_all(*reader)), Bytes(kBody, 'k'));
}

TEST_F(GarbageTest, TheLastHolderDecides) {
  const auto segment = adopted();
  ASSERT_TRUE(commit(*store_, {.shares = {segment.id(), segment.id()}}));
  reopen();
  release(segment.id());
  ASSERT_TRUE(commit(*store_, {.shares = {segment.id()}, .releases = {segment.id(), segment.id()}}));
  EXPECT_TRUE(exists(segment));
  release(segment.id());
  EXPECT_FALSE(exists(segment));
  release(segment.id());
  EXPECT_TRUE(store_->counters("holders/")->empty());
  EXPECT_TRUE(store_->counters("live/")->empty());
}

TEST_F(GarbageTest, ABodyGoesWithItsLastHolder) {
  ASSERT_TRUE(commit(*store_, {.writes = {{{Table::Bodies, "body"}, "bytes"}}, .shares = {"body"}}));
  release("body");
  EXPECT_TRUE(store_->fetch_body("body")->exists());
  release("body");
  EXPECT_FALSE(store_->fetch_body("body")->exists());
}

TEST_F(GarbageTest, AReadKeepsWhatItReads) {
  const auto segment = adopted('r');
  {
    auto reader = run(open_segment(*store_, segment.id(), kBody));
    release(segment.id());
    EXPECT_EQ(store_->reclaim(), 0u);
    EXPECT_EQ(*run(read_all(*reader)), Bytes(kBody, 'r'));
    const auto later = adopted();
    release(later.id());
    EXPECT_EQ(store_->reclaim(), 0u) << "what became free later waits for the same read";
  }
  EXPECT_EQ(store_->reclaim(), 2 * stored_length(kBody));
}

TEST_F(GarbageTest, APinTakenBeforeTheReleaseKeepsToo) {
  const auto segment = adopted('p');
  auto pin = store_->pin();
  release(segment.id());
  auto younger = store_->pin();
  EXPECT_EQ(store_->reclaim(), 0u);
  pin = ReadPin();
  EXPECT_EQ(store_->reclaim(), 0u) << "the younger pin was made before anybody asked";
  younger = ReadPin();
  EXPECT_EQ(store_->reclaim(), stored_length(kBody));
}

TEST_F(GarbageTest, ASegmentThatWasNeverAdoptedLeavesNothing) {
  {
    const auto segment = write();
    const auto copy = segment;
    EXPECT_EQ(store_->reclaim(), 0u);
    ASSERT_FALSE(commit(*store_, {.guards = {kWrong}, .adopts = {copy}}));
  }
  EXPECT_EQ(store_->reclaim(), stored_length(kBody));
  const auto late = write();
  store_.reset();
  reopen();
}

TEST_F(GarbageTest, ARefusedCommitReleasesNothing) {
  const auto segment = adopted();
  ASSERT_FALSE(commit(*store_, {.guards = {kWrong}, .releases = {segment.id(), segment.id()}}));
  EXPECT_TRUE(exists(segment));
}

TEST_F(GarbageTest, OneCommitMayAdoptAndRelease) {
  const auto segment = write();
  ASSERT_TRUE(commit(*store_, {.adopts = {segment}, .releases = {segment.id()}}));
  EXPECT_FALSE(exists(segment));
  EXPECT_EQ(store_->reclaim(), stored_length(kBody));
}

TEST_F(GarbageTest, AnExtentInWhichNothingLivesIsRemoved) {
  const auto segment = adopted();
  reopen();
  EXPECT_GT(used(), kBody);
  release(segment.id());
  EXPECT_EQ(store_->reclaim(), stored_length(kBody));
  for (const auto& file : std::filesystem::directory_iterator(scratch_.path() / "extents"))
    EXPECT_NE(file.path().extension(), ".extent") << file.path();
  EXPECT_TRUE(exists(adopted())) << "and the next one gets a new one";
}

/// Counters that a damaged table or a wrong tool took away.
TEST_F(GarbageTest, AnExtentWithASegmentStaysWhenItsCounterIsLost) {
  const auto kept = adopted('k'), dropped = adopted('d');
  store_.reset();
  {
    auto database =
        Database::open(posix_file_layer(), scratch_.path() / "metadata", {1 << 20, 1 << 20}).value();
    auto batch = database->new_batch();
    for (std::uint64_t extent = 1; extent <= 2; ++extent) batch->erase(Family::Counters, live_key(extent));
    ASSERT_TRUE(database->write(*batch));
  }
  reopen();
  EXPECT_TRUE(store_->compact());
  (void)store_->reclaim();
  auto reader = run(open_segment(*store_, kept.id(), kBody));
  ASSERT_TRUE(reader);
  EXPECT_EQ(*run(read_all(*reader)), Bytes(kBody, 'k'));
  EXPECT_EQ(store_->activity().removed_extents, 0u);
}

}  // namespace
}  // namespace vitrine::store
