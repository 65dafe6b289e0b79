#include <gtest/gtest.h>

#include <fstream>

#include "backup/create.h"
#include "backup/folder.h"
#include "backup/restore.h"
#include "backup/verify.h"
#include "base/file.h"
#include "store/database.h"
#include "store/encoding.h"
#include "store/store_test_peer.h"

namespace vitrine::backup {
namespace {

using store::flip;
using store::read_segment;
using store::Table;

class BackupTest : public testing::Test {
 protected:
  BackupTest() { open(); }

  void open() { store_ = store::Store::open({.directory = data(), .extent_bytes = 4 << 20}).value(); }

  store::SegmentId put(const std::string& key, std::size_t size, char fill) {
    const auto segment =
        store::run(store::write_segment(*store_, Bytes(size, static_cast<std::uint8_t>(fill)))).value();
    EXPECT_TRUE(store::commit(
        *store_, {.writes = {{{Table::Heads, key}, key}}, .records = {{7, {}, key}}, .adopts = {segment}}));
    return segment.id();
  }

  Result<Created> back_up(bool full = false) { return create(*store_, {.to = to(), .full = full}, {}); }
  [[nodiscard]] Folder folder() const { return Folder::open(to()).value(); }

  /// Restores and opens the backup beside the store.
  std::unique_ptr<store::Store> restored(Number number) {
    const auto place = scratch_.path() / ("restored" + std::to_string(next_++));
    const auto outcome = restore(folder(), number, {.to = layout(place)}, {});
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome ? store::Store::open({.directory = place / "store"}).value() : nullptr;
  }

  static RestoreTo layout(const std::filesystem::path& place) {
    return {place / "store", place / "log", place / "keys", place / "development", place / "journals"};
  }

  std::vector<std::string> faults() {
    std::vector<std::string> paths;
    for (const auto& fault : verify(folder(), std::nullopt, {}).value().faults) paths.push_back(fault.path);
    return paths;
  }

  [[nodiscard]] std::filesystem::path data() const { return scratch_.path() / "data"; }
  [[nodiscard]] std::filesystem::path to() const { return scratch_.path() / "backups"; }

  store::ScratchDirectory scratch_;
  std::unique_ptr<store::Store> store_;
  int next_ = 0;
};

TEST_F(BackupTest, WhatWasBackedUpIsThereAgain) {
  const auto a = put("a", 300'000, 'a');
  const auto b = put("b", 5'000'000, 'b');  // larger than an extent
  const auto made = back_up();
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->number, 1u);
  EXPECT_EQ(made->version, 2u);
  put("c", 1'000, 'c');

  const auto again = restored(1);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->version(), 2u);
  EXPECT_EQ(again->journal_size(7), 2u);
  EXPECT_EQ(store::run(read_segment(*again, a, 300'000)).value(), Bytes(300'000, 'a'));
  EXPECT_EQ(store::run(read_segment(*again, b, 5'000'000)).value(), Bytes(5'000'000, 'b'));
  EXPECT_FALSE(again->look_up({Table::Heads, "c"}).value().exists());
  EXPECT_TRUE(faults().empty());
}

TEST_F(BackupTest, TheSecondBackupCopiesOnlyWhatIsNew) {
  const auto a = put("a", 3'000'000, 'a');
  ASSERT_TRUE(back_up());
  const auto b = put("b", 200'000, 'b');
  const auto second = back_up();
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->number, 2u);
  EXPECT_LT(second->copied_bytes, 400'000u);
  EXPECT_GT(second->bytes, 3'200'000u);
  const auto again = restored(2);
  ASSERT_TRUE(again);
  EXPECT_EQ(store::run(read_segment(*again, a, 3'000'000)).value(), Bytes(3'000'000, 'a'));
  EXPECT_EQ(store::run(read_segment(*again, b, 200'000)).value(), Bytes(200'000, 'b'));
  EXPECT_EQ(restored(1)->version(), 1u);
}

TEST_F(BackupTest, AFullBackupStandsAlone) {
  put("a", 300'000, 'a');
  ASSERT_TRUE(back_up());
  const auto second = back_up(true);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->copied_bytes, second->bytes);
  std::filesystem::remove_all(to() / "000001");
  EXPECT_TRUE(restored(2));
}

TEST_F(BackupTest, ABackupGoesOnInARestoredStoreAndAfterARestart) {
  put("a", 300'000, 'a');
  ASSERT_TRUE(back_up());
  put("b", 300'000, 'b');
  ASSERT_TRUE(back_up());
  store_ = restored(1);
  // The same commit, the same extent, other bytes: nothing may be taken for what the second backup has.
  const auto other = put("b", 300'000, 'x');
  ASSERT_TRUE(back_up());
  const auto again = restored(3);
  ASSERT_TRUE(again);
  EXPECT_EQ(store::run(read_segment(*again, other, 300'000)).value(), Bytes(300'000, 'x'));
}

TEST_F(BackupTest, WhatAnUnfinishedBackupLeftIsNoBackup) {
  put("a", 300'000, 'a');
  ASSERT_TRUE(back_up());
  const auto leftover = to() / "000002/extents/0000000000000001.part";
  ASSERT_TRUE(replace_file(leftover, as_bytes("half")));
  EXPECT_FALSE(folder().is_complete(2).value());
  EXPECT_EQ(folder().newest().value(), 1u);
  EXPECT_FALSE(restore(folder(), 2, {.to = layout(scratch_.path() / "none")}, {}));
  const auto next = back_up();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->number, 3u);
  EXPECT_FALSE(std::filesystem::exists(leftover));
  EXPECT_TRUE(restored(1));
}

TEST_F(BackupTest, OneThatIsEndedLeavesTheEarlierOnes) {
  put("a", 300'000, 'a');
  ASSERT_TRUE(back_up());
  put("b", 300'000, 'b');
  std::stop_source stop;
  stop.request_stop();
  const auto ended = create(*store_, {.to = to()}, {.stop = stop.get_token()});
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::Cancelled);
  EXPECT_EQ(folder().newest().value(), 1u);
  for (const auto& left : std::filesystem::recursive_directory_iterator(to() / "000002"))
    EXPECT_TRUE(left.is_directory()) << left.path();
  EXPECT_FALSE(std::filesystem::exists(data() / "frozen"));
  EXPECT_TRUE(restored(1));
}

TEST_F(BackupTest, AnythingDamagedIsToldAndNotRestored) {
  put("a", 300'000, 'a');
  ASSERT_TRUE(back_up());
  const auto manifest = folder().manifest(1).value();
  for (const auto& line : manifest.files) {
    if (line.length == 0) continue;
    flip(to() / line.path, line.length / 2);
    EXPECT_EQ(faults(), std::vector<std::string>{line.path});
    const auto place = scratch_.path() / ("damaged" + std::to_string(next_++));
    EXPECT_FALSE(restore(folder(), 1, {.to = layout(place)}, {})) << line.path;
    flip(to() / line.path, line.length / 2);
  }
  flip(to() / "000001/manifest", 40);
  EXPECT_EQ(faults(), std::vector<std::string>{"000001/manifest"});
}

TEST_F(BackupTest, WhatTheBackupLostIsCopiedAgain) {
  put("a", 300'000, 'a');
  ASSERT_TRUE(back_up());
  std::filesystem::remove(to() / "000001/extents/0000000000000001.part");
  ASSERT_TRUE(back_up());
  EXPECT_TRUE(restored(2));
}

TEST_F(BackupTest, ADamagedSegmentIsToldAndTheRestIsKept) {
  const auto a = put("a", 300'000, 'a');
  const auto b = put("b", 300'000, 'b');
  flip(data() / "extents/0000000000000001.extent", 4096 + 70'000);
  const auto made = back_up();
  ASSERT_TRUE(made);
  EXPECT_EQ(made->damaged, (std::vector<DamagedPlace>{{1, 4096}}));
  EXPECT_FALSE(restore(folder(), 1, {.to = layout(scratch_.path() / "refused")}, {}));
  const auto place = scratch_.path() / "accepted";
  ASSERT_TRUE(restore(folder(), 1, {.to = layout(place), .accept_damage = true}, {}));
  const auto again = store::Store::open({.directory = place / "store"}).value();
  EXPECT_FALSE(store::run(read_segment(*again, a, 300'000)));
  EXPECT_EQ(store::run(read_segment(*again, b, 300'000)).value(), Bytes(300'000, 'b'));
}

TEST_F(BackupTest, WhatWasDamagedOnceIsTakenFromTheWholeCopyEverAfter) {
  const auto a = put("a", 300'000, 'a');
  put("b", 300'000, 'b');  // for its sake the part with the damaged copy is kept
  const auto extent = data() / "extents/0000000000000001.extent";
  flip(extent, 4096 + 70'000);
  ASSERT_EQ(back_up()->damaged.size(), 1u);
  flip(extent, 4096 + 70'000);
  ASSERT_TRUE(back_up()->damaged.empty());
  for (Number number = 3; number <= 4; ++number) {
    ASSERT_TRUE(back_up());
    const auto again = restored(number);
    ASSERT_TRUE(again);
    EXPECT_EQ(store::run(read_segment(*again, a, 300'000)).value(), Bytes(300'000, 'a'));
  }
}

TEST_F(BackupTest, AWrongCounterIsNoReasonToGiveABackupUp) {
  const auto a = put("a", 300'000, 'a');
  store_.reset();
  {
    auto database =
        store::Database::open(store::posix_file_layer(), data() / "metadata", {1 << 20, 1 << 20}).value();
    auto batch = database->new_batch();
    batch->erase(store::Family::Counters, store::live_key(1));
    ASSERT_TRUE(database->write(*batch));
  }
  store_ = store::Store::open({.directory = data()}).value();
  ASSERT_TRUE(back_up());
  const auto refused = restore(folder(), 1, {.to = layout(scratch_.path() / "refused")}, {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("live bytes of extent 1"), std::string::npos);
  const auto place = scratch_.path() / "accepted";
  ASSERT_TRUE(restore(folder(), 1, {.to = layout(place), .accept_damage = true}, {}));
  const auto again = store::Store::open({.directory = place / "store"}).value();
  EXPECT_EQ(store::run(read_segment(*again, a, 300'000)).value(), Bytes(300'000, 'a'));
}

TEST_F(BackupTest, AnythingElseIsNoFolderOfBackups) {
  ASSERT_TRUE(replace_file(to() / "precious", as_bytes("x")));
  const auto refused = back_up();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::InvalidInput);
  EXPECT_FALSE(Folder::open(to()));
}

TEST_F(BackupTest, CommitsGoOnMeanwhile) {
  put("a", 300'000, 'a');
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 0; !done; ++i) put("w" + std::to_string(i), 70'000, 'w');
  });
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(back_up());
  done = true;
  writer.join();
  for (Number number : {1, 2, 3}) EXPECT_TRUE(restored(number));
}

}  // namespace
}  // namespace vitrine::backup
