// What the store does when the machine fails it.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "store/child_process.h"
#include "store/passing_files.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

/// What becomes of extents: their disk is small or breaks.
struct Disk {
  std::atomic<std::int64_t> room = INT64_MAX;
  std::atomic<bool> syncs_fail = false;
  /// Whether a file was synced again after its sync had failed.
  std::atomic<bool> sync_was_retried = false;
  /// The write so many writes from now fails, and only that one.
  std::atomic<int> write_to_fail = -1;
  /// The folder whose extents take no write at all.
  std::filesystem::path dead{};
};

class LimitedFile final : public PassingFile {
 public:
  LimitedFile(std::unique_ptr<File> file, const std::filesystem::path& path, Disk& disk)
      : PassingFile(std::move(file)),
        is_extent_(path.extension() == ".extent"),
        folder_(path.parent_path()),
        disk_(disk) {}

  Result<void> write_at(std::uint64_t offset, ConstBytes bytes) override {
    if (is_extent_ && folder_ == disk_.dead) return fail(Code::DeviceFailed, "dead");
    if (is_extent_ && disk_.write_to_fail-- == 0) return fail(Code::DeviceFailed, "broken");
    return PassingFile::write_at(offset, bytes);
  }
  Result<void> allocate(std::uint64_t offset, std::uint64_t length) override {
    if (!is_extent_) return PassingFile::allocate(offset, length);
    if (disk_.room < static_cast<std::int64_t>(length)) return fail(Code::InsufficientStorage, "full");
    disk_.room -= static_cast<std::int64_t>(length);
    return PassingFile::allocate(offset, length);
  }
  Result<void> sync() override {
    if (!is_extent_) return PassingFile::sync();
    if (sync_has_failed_) disk_.sync_was_retried = true;
    sync_has_failed_ = sync_has_failed_ || disk_.syncs_fail;
    if (disk_.syncs_fail) return fail(Code::DeviceFailed, "broken");
    return PassingFile::sync();
  }

 private:
  const bool is_extent_;
  const std::filesystem::path folder_;
  Disk& disk_;
  std::atomic<bool> sync_has_failed_ = false;
};

using LimitedFiles = PassingFiles<LimitedFile, Disk>;

/// Commits of 300 kB in a log of 4 MiB.
constexpr std::uint64_t kFitting = 13;

TEST(Fault, AFullDiskRefusesBodiesAndNothingElse) {
  ScratchDirectory scratch;
  LimitedFiles files;
  auto opened = Store::open({.directory = scratch.path(), .files = &files});
  ASSERT_TRUE(opened) << opened.error().message;
  auto store = std::move(*opened);
  files.state.room = 1'000'000;
  EXPECT_EQ(run(write_segment(*store, Bytes(2'000'000, 'x'))).error().code, Code::InsufficientStorage);
  EXPECT_TRUE(commit(*store, {.records = {{1, {}, "a read is still recorded"}}}));

  const Bytes small(500'000, 'y');
  const auto segment = run(write_segment(*store, small));
  ASSERT_TRUE(segment) << "what fits is taken: " << segment.error().message;
  ASSERT_TRUE(commit(*store, {.adopts = {*segment}}));
  EXPECT_EQ(*run(read_segment(*store, segment->id(), small.size())), small);

  files.state.room = INT64_MAX;
  EXPECT_TRUE(run(write_segment(*store, Bytes(2'000'000, 'x')))) << "room was made";
}

TEST(Fault, ADeadDiskLeavesUploadsToTheOthers) {
  ScratchDirectory scratch;
  LimitedFiles files;
  const auto good = scratch.path() / "good", dead = scratch.path() / "dead";
  const auto store =
      Store::open(
          {.directory = scratch.path() / "store", .extent_directories = {good, dead}, .files = &files})
          .value();
  files.state.dead = dead;
  for (int i = 0; i < 6; ++i) {
    const auto segment = run(write_segment(*store, Bytes(100'000, 'x')));
    ASSERT_TRUE(segment) << segment.error().message;
    EXPECT_TRUE(commit(*store, {.adopts = {*segment}}));
  }
  files.state.dead = good;
  EXPECT_TRUE(run(write_segment(*store, Bytes(100'000, 'x'))).error().code == Code::DeviceFailed)
      << "one that was open is given up with the upload that finds out";
}

TEST(Fault, AnExtentWhoseSyncFailedIsNotTriedAgain) {
  ScratchDirectory scratch;
  LimitedFiles files;
  auto opened = Store::open({.directory = scratch.path(), .files = &files});
  ASSERT_TRUE(opened) << opened.error().message;
  auto store = std::move(*opened);
  const auto before = run(write_segment(*store, Bytes(100, 'x')));
  ASSERT_TRUE(before && commit(*store, {.adopts = {*before}}));
  files.state.syncs_fail = true;
  EXPECT_EQ(run(write_segment(*store, Bytes(100, 'y'))).error().code, Code::DeviceFailed);
  files.state.syncs_fail = false;
  for (std::uint8_t i = 0; i < 6; ++i) {
    const auto after = run(write_segment(*store, Bytes(100, i)));
    ASSERT_TRUE(after) << "other extents go on: " << after.error().message;
    ASSERT_TRUE(commit(*store, {.adopts = {*after}}));
    EXPECT_EQ(*run(read_segment(*store, after->id(), 100)), Bytes(100, i));
  }
  EXPECT_EQ(*run(read_segment(*store, before->id(), 100)), Bytes(100, 'x'));
  EXPECT_FALSE(files.state.sync_was_retried);
}

TEST(Fault, APieceThatWasNotWrittenDoomsItsSegment) {
  ScratchDirectory scratch;
  LimitedFiles files;
  auto opened = Store::open({.directory = scratch.path(), .files = &files});
  ASSERT_TRUE(opened) << opened.error().message;
  auto store = std::move(*opened);
  constexpr int kPieces = 4;
  ASSERT_TRUE(run(write_segment(*store, Bytes(100, 'x')))) << "the first makes an extent";
  ASSERT_TRUE(run(write_segment(*store, Bytes(100, 'x')))) << "and so does the second";
  for (int piece = 0; piece < kPieces; ++piece) {
    files.state.write_to_fail = piece;
    EXPECT_EQ(run(write_segment(*store, Bytes(kPieces * 262'144 - 1, 'y'))).error().code, Code::DeviceFailed)
        << piece;
  }
  files.state.write_to_fail = -1;
  EXPECT_TRUE(run(write_segment(*store, Bytes(kPieces * 262'144 - 1, 'y'))));
}

/// The system keeps this process's files below 4 MiB: a write of the log fails half way.
void fill_the_log(const std::filesystem::path& directory) {
  auto store = *Store::open({.directory = directory});
  signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{4 << 20, RLIM_INFINITY};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  std::uint64_t acknowledged = 0;
  Result<Position> put;
  const auto put_next = [&] {
    return commit(*store,
                  {.writes = {{{Table::Heads, std::to_string(acknowledged)}, std::string(300'000, 'x')}},
                   .records = {{1, {}, "r"}}});
  };
  for (;; ++acknowledged) {
    put = put_next();
    if (!put) break;
  }
  EXPECT_EQ(acknowledged, kFitting);
  EXPECT_EQ(put.error().code, Code::DeviceFailed);
  EXPECT_TRUE(store->look_up({Table::Heads, "0"})->exists()) << "reads go on";
  EXPECT_EQ(store->journal_size(1), kFitting);
  // Opening again would write a table of more than 4 MiB.
  const rlimit no_limit{RLIM_INFINITY, RLIM_INFINITY};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &no_limit), 0);
  while (!store->takes_commits()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_TRUE(put_next());
  EXPECT_EQ(store->journal_size(1), kFitting + 1);
}
const auto* const kFiller = testing::AddGlobalTestEnvironment(new ChildRoutine("fill the log", fill_the_log));

TEST(Fault, AFailedLogWriteFencesTheStoreUntilItHasOpenedItsTablesAgain) {
  ScratchDirectory scratch;
  const auto status = wait_for_child(start_child("fill the log", scratch.path(), STDERR_FILENO));
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  auto store = Store::open({.directory = scratch.path()});
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ((*store)->journal_size(1), kFitting + 1);
  EXPECT_EQ((*store)->scan(Table::Heads, "", "", 1000)->size(), kFitting + 1);
  EXPECT_TRUE(commit(**store, {.records = {{1, {}, "r"}}}));
}

}  // namespace
}  // namespace vitrine::store
