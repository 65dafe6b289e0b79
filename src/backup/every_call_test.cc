// Every file operation of a backup, of its verification and of its restoring fails once in turn: it is told,
// the earlier backups stay whole, and the next try succeeds.
#include "store/every_call.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "backup/create.h"
#include "backup/restore.h"
#include "backup/verify.h"
#include "store/memory_disk.h"
#include "store/store_test_peer.h"

/// RocksDB 7.8.3 loses a memtable that was made for nothing, when the log that goes with it cannot be made.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:rocksdb::DBImpl::SwitchMemtable";
}

namespace vitrine::backup {
namespace {

using store::MemoryDisk;
using store::Table;

constexpr const char* kBackups = "/backups";
constexpr const char* kKeyFile = "/keys/operator.key";
constexpr std::size_t kSegmentBytes = 200'000;

store::Options options(MemoryDisk& disk, const std::string& directory) {
  return {.directory = directory, .write_buffer_bytes = 128 << 10, .extent_bytes = 1 << 20, .files = &disk};
}
RestoreTo layout(const std::string& place) {
  return {place + "/store", place + "/log", place + "/keys", place + "/development", place + "/journals"};
}

/// Two backups of a store that grows, both verified and restored, by somebody who tries again what failed.
class Script {
 public:
  explicit Script(MemoryDisk& disk) : disk_(disk) {}

  void run() {
    insist("opening", [&]() -> Result<void> {
      TRY(store::replace_content(disk_, make_keys_folder(), as_bytes("a key")));
      store_ = TRY(store::Store::open(options(disk_, "/data")));
      return {};
    });
    for (int number : {1, 2}) {
      if (testing::Test::HasFatalFailure()) return;
      put(number);
      back_up(number);
    }
    insist("verifying", [&]() -> Result<void> {
      const auto verified = TRY(verify(TRY(folder()), newest_.back(), {}));
      TRY(look(verified));
      if (verified.damaged.empty()) return {};
      return fail(Code::Corrupt, verified.damaged.front().text());
    });
    for (const Number number : {1U, 2U}) give_back(number);
  }

 private:
  static std::string key(int number, int part) { return fmt::format("{}.{}", number, part); }
  static Bytes body(int number) { return Bytes(kSegmentBytes, static_cast<std::uint8_t>(number)); }

  std::filesystem::path make_keys_folder() {
    (void)disk_.make_directory("/keys");
    return kKeyFile;
  }
  [[nodiscard]] Result<Folder> folder() const { return Folder::open(kBackups, disk_); }

  /// The fault comes once, and a disk that failed is tried again every now and then.
  template <class Do>
  void insist(const char* what, const Do& once) {
    auto done = once();
    if (!done) {
      EXPECT_FALSE(disk_.failed_call().empty()) << what << ": nothing had failed: " << done.error().message;
      EXPECT_FALSE(done.error().message.empty());
    }
    for (int waits = 0; !done && waits < 500; ++waits) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      done = once();
    }
    ASSERT_TRUE(done) << what << ": " << done.error().message;
  }

  void put(int number) {
    insist("a segment", [&]() -> Result<void> {
      if (TRY(store_->look_up({Table::Heads, key(number, 0)})).exists()) return {};
      const auto segment = TRY(store::run(store::write_segment(*store_, body(number))));
      return committed({.writes = {{{Table::Heads, key(number, 0)}, std::string(as_text(segment.id()))}},
                        .records = {{7, {}, "put"}},
                        .adopts = {segment}});
    });
    for (int part = 1; part < 4; ++part)
      insist("a row", [&] {
        return committed({.writes = {{{Table::Bodies, key(number, part)}, std::string(60'000, 'x')}}});
      });
  }
  Result<void> committed(store::Commit change) {
    TRY(store::commit(*store_, std::move(change)));
    return {};
  }

  void back_up(int number) {
    insist("a backup", [&]() -> Result<void> {
      const auto made =
          create(*store_, {.to = kBackups, .keys = {{"operator.key", kKeyFile}}, .files = &disk_}, {});
      if (made && made->damaged.empty()) return {};
      // What could not be read at once is told; the next backup copies it again.
      if (made) return fail(Code::DeviceFailed, "damaged: " + made->damaged.front().text());
      // Told as what it is, and nothing that was finished before has suffered.
      EXPECT_NE(made.error().code, Code::ServerBusy) << made.error().message;
      EXPECT_NE(made.error().code, Code::InvalidInput) << made.error().message;
      if (number > 1) {
        const auto verified = verify(TRY(folder()), {}, {});
        EXPECT_TRUE(verified && !verified->backups.empty() && look(*verified))
            << "after " << made.error().message;
      }
      return std::unexpected(made.error());
    });
    insist("the newest one", [&]() -> Result<void> {
      const auto newest = TRY(TRY(folder()).newest());
      if (!newest) return fail(Code::Corrupt, "there is none");
      newest_.push_back(*newest);
      return {};
    });
  }

  static Result<void> look(const Verified& verified) {
    if (verified.faults.empty()) return {};
    return fail(Code::Corrupt, verified.faults.front().path + ": " + verified.faults.front().what);
  }

  /// Restores the one and opens it: whatever is not told is whole.
  void give_back(Number number) {
    int tries = 0;
    insist("restoring", [&]() -> Result<void> {
      const auto place = fmt::format("/restored {} {}", number, ++tries);
      const auto restored =
          TRY(restore(TRY(folder()), newest_.at(number - 1), {.to = layout(place), .files = &disk_}, {}));
      EXPECT_TRUE(restored.has_keys);
      EXPECT_TRUE(TRY(disk_.status(place + "/keys/operator.key")));
      const auto again = TRY(store::Store::open(options(disk_, place + "/store")));
      for (int put = 1; put <= static_cast<int>(number); ++put) TRY(look(*again, put));
      return {};
    });
  }
  static Result<void> look(store::Store& store, int number) {
    const auto head = TRY(store.look_up({Table::Heads, key(number, 0)}));
    if (!head.exists()) return fail(Code::Corrupt, "a head is missing");
    store::SegmentId id{};
    std::ranges::copy(as_bytes(head.value), id.begin());
    if (TRY(store::run(store::read_segment(store, id, kSegmentBytes))) != body(number))
      return fail(Code::Corrupt, "a segment is not what it was");
    for (int part = 1; part < 4; ++part)
      if (!TRY(store.fetch_body(key(number, part))).exists()) return fail(Code::Corrupt, "a row is missing");
    return {};
  }

  MemoryDisk& disk_;
  std::unique_ptr<store::Store> store_;
  std::vector<Number> newest_;  ///< after each backup
};

TEST(EveryCallOfABackup, FailsOnceAndNothingIsLost) {
  MemoryDisk untouched;
  Script(untouched).run();
  const auto calls = untouched.calls();
  ASSERT_GT(calls, 500u);

  store::fail_calls(calls, [](MemoryDisk& disk) { Script(disk).run(); });
}

TEST(EveryCallOfABackup, IsReadFromADiskThatTakesNoWrites) {
  MemoryDisk disk, other;
  auto store = store::Store::open(options(disk, "/data")).value();
  ASSERT_TRUE(store::commit(*store, {.writes = {{{Table::Heads, "a"}, "head"}}}));
  ASSERT_TRUE(create(*store, {.to = kBackups, .files = &disk}, {}));
  store.reset();
  disk.set_read_only(true);
  const auto folder = Folder::open(kBackups, disk).value();
  EXPECT_TRUE(verify(folder, {}, {}).value().faults.empty());
  const auto restored = restore(folder, 1, {.to = layout("/restored"), .files = &other}, {});
  EXPECT_TRUE(restored) << restored.error().message;
}

}  // namespace
}  // namespace vitrine::backup
