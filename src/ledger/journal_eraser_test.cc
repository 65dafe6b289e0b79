// What is erased is nowhere any more, whatever call of the disk fails or wherever power goes on the way; what
// is not named stays.
#include "ledger/journal_eraser.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>

#include "ledger/journal_mover.h"
#include "ledger/journal_record.h"
#include "store/every_call.h"
#include "store/store_test_peer.h"

/// RocksDB 7.8.3 loses a memtable that was made for nothing, when the log that goes with it cannot be made.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:rocksdb::DBImpl::SwitchMemtable";
}

namespace vitrine::ledger {
namespace {

using store::MemoryDisk;

constexpr std::uint32_t kStream = 7;
constexpr std::uint64_t kRecords = 600;
constexpr evidence::JournalId kJournal{{1, 2, 3}};
const evidence::RecordRanges kErased{{100, 110}, {300, 300}, {505, 520}, {590, 590}};

std::string principal(std::uint64_t index) {
  return fmt::format("account:person-{:04}/key1", index);
}
std::string blob(std::uint64_t index) {
  return fmt::format("blob-of-{:04}", index);
}

store::JournalRecord record(std::uint64_t index) {
  return journal_record(
      kStream, kJournal,
      {.who = {.principal = principal(index), .credential = "shared-key", .client_class = "test"},
       .what = {.service = "storage", .action = "blob.get", .container = "box", .blob = blob(index)},
       .why = {},
       .outcome = {}});
}

bool is_open(const evidence::ShownRecord& record, evidence::FacetKind kind) {
  return std::holds_alternative<evidence::Facet>(record.facets[static_cast<std::size_t>(kind)]);
}

/// A journal with two bundles in files and the rest in the store, from which is erased until it is done.
class Script {
 public:
  explicit Script(MemoryDisk& disk) : disk_(disk), files_(disk, "/journals") { EXPECT_TRUE(open()); }

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
    ASSERT_EQ(store_->journal_front(kStream), 512u);
  }
  void ask(evidence::ErasedFacets facets) {
    ASSERT_TRUE(store::commit(*store_, {.writes = {pending_erasure({kStream, kErased, facets}, "1")}}));
  }

  Result<void> erase() {
    if (!store_) TRY(open());
    JournalEraser eraser(*ledger_, *store_, files_);
    TRY(store::run(eraser.close_facets()));
    TRY(store::run(eraser.clear_traces()));
    return {};
  }
  /// As somebody who tries again what failed.
  void erase_in_the_end() {
    Result<void> done = erase();
    for (int waits = 0; !done && waits < 500; ++waits) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      done = erase();
    }
    ASSERT_TRUE(done) << done.error().message;
  }
  /// As a kill does, and the next start.
  void reopen() {
    close();
    ASSERT_TRUE(open());
  }
  void close() {
    ledger_.reset();
    store_.reset();
  }

  void expect_erased(evidence::ErasedFacets facets) {
    const JournalReader reader(*store_, files_);
    const auto records = reader.records(kStream, 0, kRecords);
    ASSERT_TRUE(records) << records.error().message;
    ASSERT_EQ(records->size(), kRecords);
    for (std::uint64_t index = 0; index < kRecords; ++index) {
      const auto& entry = (*records)[index];
      const auto shown = evidence::decode_shown(as_bytes(entry.bytes)).value();
      EXPECT_EQ(entry.leaf, leaves_[index]) << index;
      EXPECT_EQ(evidence::leaf(shown), leaves_[index]) << index;
      for (auto kind : evidence::kFacetKinds)
        EXPECT_EQ(vitrine::ledger::is_open(shown, kind), !(contains(kErased, index) && facets.contains(kind)))
            << index << " " << name(kind);
    }
    EXPECT_TRUE(pending_erasures(*store_)->empty());
  }

  [[nodiscard]] store::Store& store() { return *store_; }
  [[nodiscard]] const JournalFiles& files() const { return files_; }

 private:
  Result<void> open() {
    store_ = TRY(store::Store::open({.directory = "/data",
                                     .write_buffer_bytes = 128 << 10,
                                     .compaction_pause = std::nullopt,
                                     .files = &disk_}));
    ledger_ = std::make_unique<Ledger>(*store_, as_bytes("secret"), files_);
    return {};
  }

  MemoryDisk& disk_;
  JournalFiles files_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Ledger> ledger_;
  std::vector<tlog::Digest> leaves_;
};

void expect_gone(const MemoryDisk& disk, std::string (*words)(std::uint64_t)) {
  for (const auto& range : kErased)
    for (auto index = range.first; index <= range.last; ++index)
      EXPECT_TRUE(disk.holders_of(words(index)).empty())
          << words(index) << " is in " << disk.holders_of(words(index)).front();
}

constexpr evidence::ErasedFacets kWho{.who = true};
constexpr evidence::ErasedFacets kBoth{.who = true, .what = true};

TEST(JournalEraser, TakesTheBytesOutOfFilesTablesAndLog) {
  MemoryDisk disk;
  Script script(disk);
  script.prepare();
  // A word may be cut in two between blocks, but not all of them.
  int seen = 0;
  for (const std::uint64_t index : {100, 300, 505, 520, 590})
    seen += disk.holders_of(principal(index)).empty() ? 0 : 1;
  ASSERT_GE(seen, 3);
  script.ask(kWho);
  script.erase_in_the_end();
  script.expect_erased(kWho);
  expect_gone(disk, principal);
  EXPECT_FALSE(disk.holders_of(principal(111)).empty()) << "a neighbour stays";
  EXPECT_FALSE(disk.holders_of(blob(300)).empty()) << "the other facet stays";
  script.ask(kBoth);
  script.erase_in_the_end();
  script.expect_erased(kBoth);
  expect_gone(disk, blob);
  script.reopen();
  script.expect_erased(kBoth);
}

TEST(JournalEraser, LeavesNothingOpenForRecordsThatAreMovedLater) {
  MemoryDisk disk;
  Script script(disk);
  script.prepare();
  // As if files of a move had been written whose commit did not come.
  ASSERT_TRUE(JournalFiles(disk, "/journals").write(kStream, tlog::BundleId{.index = 2}, Bytes(10, 'x')));
  script.ask(kWho);
  script.erase_in_the_end();
  EXPECT_FALSE(script.files().has(kStream, {.index = 2}).value()) << "it may be open, and comes again";
  script.expect_erased(kWho);
}

TEST(JournalEraser, NamesAFileThatItCannotRead) {
  MemoryDisk disk;
  Script script(disk);
  script.prepare();
  ASSERT_TRUE(JournalFiles(disk, "/journals").write(kStream, tlog::BundleId{.index = 0}, Bytes(10, 'x')));
  script.ask(kWho);
  const auto erased = script.erase();
  ASSERT_FALSE(erased);
  EXPECT_TRUE(erased.error().message.contains("journals/00000007/tile/entries/000"))
      << erased.error().message;
  EXPECT_EQ(pending_erasures(script.store())->size(), 1u) << "it waits";
}

/// Each call of the erasure fails once: it is told, and a later try does it.
TEST(JournalEraser, SurvivesEveryFailingCall) {
  MemoryDisk prepared;
  std::uint64_t before = 0, calls = 0;
  {
    Script script(prepared);
    script.prepare();
    script.ask(kWho);
    before = prepared.calls();
    script.erase_in_the_end();
    calls = prepared.calls() - before;
  }
  for (std::uint64_t at = 0; at < calls && !testing::Test::HasFailure();
       at += std::max<std::uint64_t>(calls / 16, 1)) {
    SCOPED_TRACE(fmt::format("call {} of {}", at, calls));
    MemoryDisk disk;
    Script script(disk);
    script.prepare();
    script.ask(kWho);
    disk.fail_call(at, at % 2 == 0 ? store::Fault::DeviceError : store::Fault::Short);
    script.erase_in_the_end();
    disk.cancel_faults();  // of a call that did not come
    script.expect_erased(kWho);
    expect_gone(disk, principal);
  }
}

/// Power goes at each call: what is there afterwards is one or the other, and the next start ends it.
TEST(JournalEraser, GoesOnAfterAPowerCut) {
  MemoryDisk first;
  std::uint64_t calls = 0;
  {
    Script script(first);
    script.prepare();
    script.ask(kWho);
    const auto before = first.calls();
    script.erase_in_the_end();
    calls = first.calls() - before;
  }
  std::mt19937 random(17);
  for (std::uint64_t at = 0; at < calls && !testing::Test::HasFailure();
       at += std::max<std::uint64_t>(calls / 16, 1)) {
    SCOPED_TRACE(fmt::format("power cut at call {} of {}", at, calls));
    MemoryDisk disk;
    Script script(disk);
    script.prepare();
    script.ask(kWho);
    disk.cut_power(at);
    (void)script.erase();
    script.close();
    disk.restore_power(random);
    script.erase_in_the_end();
    script.expect_erased(kWho);
    expect_gone(disk, principal);
  }
}

}  // namespace
}  // namespace vitrine::ledger
