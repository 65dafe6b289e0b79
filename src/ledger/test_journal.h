// A journal for tests, on a disk in memory: some records in files, the rest in the store.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "ledger/journal_mover.h"
#include "ledger/journal_record.h"
#include "ledger/ledger.h"
#include "store/memory_disk.h"
#include "store/store_test_peer.h"

namespace vitrine::ledger {

class TestJournal {
 public:
  static constexpr std::uint32_t kStream = 7;
  static constexpr std::uint64_t kRecords = 600, kInFiles = 512;
  static constexpr evidence::JournalId kJournal{{1, 2, 3}};

  static std::string principal(std::uint64_t index) {
    return fmt::format("account:person-{:04}/key1", index);
  }
  static std::string blob(std::uint64_t index) { return fmt::format("blob-of-{:04}", index); }

  explicit TestJournal(store::MemoryDisk& disk) : disk_(&disk), files_(disk, "/journals") {
    EXPECT_TRUE(open());
  }

  void prepare() {
    store::Commit appended;
    for (std::uint64_t index = 0; index < kRecords; ++index) {
      appended.records.push_back(record(index));
      leaves_.push_back(appended.records.back().leaf);
    }
    ASSERT_TRUE(store::commit(*store_, std::move(appended)));
    Moved moved;
    ASSERT_TRUE(JournalMover(*store_, files_, 256).move(kStream, 0, kRecords, moved));
    ASSERT_TRUE(store::commit(*store_, {.writes = moved.writes, .trims = moved.trims}));
    ASSERT_EQ(store_->journal_front(kStream), kInFiles);
  }
  /// More behind them, in the store.
  void append(std::uint64_t count) {
    store::Commit appended;
    for (const auto end = leaves_.size() + count; leaves_.size() < end;) {
      appended.records.push_back(record(leaves_.size()));
      leaves_.push_back(appended.records.back().leaf);
    }
    ASSERT_TRUE(store::commit(*store_, std::move(appended)));
  }
  /// What is in the store and full into files.
  void move() {
    Moved moved;
    ASSERT_TRUE(JournalMover(*store_, files_, 1)
                    .move(kStream, store_->journal_front(kStream), leaves_.size(), moved));
    ASSERT_TRUE(store::commit(*store_, {.writes = moved.writes, .trims = moved.trims}));
  }
  void write(store::Write row) { ASSERT_TRUE(store::commit(*store_, {.writes = {std::move(row)}})); }

  /// As somebody who tries again what failed.
  template <class Do>
  void insist(const Do& once) {
    Result<void> done = once();
    for (int waits = 0; !done && waits < 500; ++waits) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      done = once();
    }
    ASSERT_TRUE(done) << done.error().message;
  }

  Result<void> open() {
    if (store_) return {};
    store_ = TRY(store::Store::open({.directory = "/data",
                                     .write_buffer_bytes = 128 << 10,
                                     .compaction_pause = std::nullopt,
                                     .files = disk_}));
    ledger_ = std::make_unique<Ledger>(*store_, as_bytes("secret"), files_);
    return {};
  }
  void close() {
    ledger_.reset();
    store_.reset();
  }
  /// As a kill does, and the next start.
  void reopen() {
    close();
    ASSERT_TRUE(open());
  }

  [[nodiscard]] store::Store& store() { return *store_; }
  [[nodiscard]] Ledger& ledger() { return *ledger_; }
  [[nodiscard]] JournalFiles& files() { return files_; }
  [[nodiscard]] const std::vector<tlog::Digest>& leaves() const { return leaves_; }

 private:
  static store::JournalRecord record(std::uint64_t index) {
    return journal_record(
        kStream, kJournal,
        {.who = {.principal = principal(index), .credential = "shared-key", .client_class = "test"},
         .what = {.service = "storage", .action = "blob.get", .container = "box", .blob = blob(index)},
         .why = {},
         .outcome = {}});
  }

  store::MemoryDisk* disk_;
  JournalFiles files_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Ledger> ledger_;
  std::vector<tlog::Digest> leaves_;
};

}  // namespace vitrine::ledger
