// The reserve on file systems that set room aside, and on those that do not.
#include "store/room_watch.h"

#include <gtest/gtest.h>

#include <optional>

#include "store/passing_files.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

constexpr std::uint64_t kReserve = 1 << 20;

struct FileSystem {
  std::uint64_t free = 100 * kReserve;  ///< that nothing was set aside of
  bool sets_aside = true;
  std::uint64_t set_aside = 0;
};

class SmallFile final : public PassingFile {
 public:
  SmallFile(std::unique_ptr<File> file, const std::filesystem::path&, FileSystem& system)
      : PassingFile(std::move(file)), system_(system) {}
  Result<void> allocate(std::uint64_t, std::uint64_t length) override {
    if (system_.sets_aside) system_.set_aside = length;
    return {};
  }
  Result<std::uint64_t> room() const override { return system_.set_aside; }

 private:
  FileSystem& system_;
};

class SmallFiles final : public PassingFiles<SmallFile, FileSystem> {
 public:
  Result<void> remove(const std::filesystem::path& path) override {
    state.set_aside = 0;
    return PassingFiles::remove(path);
  }
  Result<std::uint64_t> free_room(const std::filesystem::path&) override {
    return state.free - state.set_aside;
  }
};

/// Whether the file system sets room aside.
class RoomForRecords : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    files_.state.sets_aside = GetParam();
    testing::internal::CaptureStderr();
    watch_.emplace(files_, scratch_.path(), kReserve, [](bool) {});
    told_ = testing::internal::GetCapturedStderr();
  }
  [[nodiscard]] bool is_full_with(std::uint64_t free) {
    files_.state.free = free;
    watch_->look();
    return watch_->full();
  }

  ScratchDirectory scratch_;
  SmallFiles files_;
  std::optional<RoomWatch> watch_;
  std::string told_;
};

TEST_P(RoomForRecords, IsLeftForRecordsWhenTheDiskIsFull) {
  EXPECT_FALSE(is_full_with(2 * kReserve + 1));
  EXPECT_TRUE(is_full_with(2 * kReserve - 1)) << "a whole reserve is left";
  EXPECT_TRUE(is_full_with(3 * kReserve / 2 - 1)) << "it is used";
  EXPECT_TRUE(is_full_with(2 * kReserve + 1)) << "it comes back only with some room more";
  EXPECT_FALSE(is_full_with(3 * kReserve));
  EXPECT_TRUE(is_full_with(2 * kReserve - 1)) << "and is held again";
}

TEST_P(RoomForRecords, SaysWhenOthersMayUseItUp) {
  EXPECT_EQ(told_.contains("cannot set room aside"), !GetParam()) << told_;
  EXPECT_EQ(std::filesystem::exists(scratch_.path() / "reserve"), GetParam()) << "no file that holds nothing";
}

INSTANTIATE_TEST_SUITE_P(SetsRoomAside, RoomForRecords, testing::Bool());

}  // namespace
}  // namespace vitrine::store
