// What is erased is nowhere any more, whatever call of the disk fails or wherever power goes on the way; what
// is not named stays.
#include "ledger/journal_eraser.h"

#include "ledger/pending_erasure.h"
#include "ledger/test_journal.h"
#include "store/every_call.h"

/// RocksDB 7.8.3 loses a memtable that was made for nothing, when the log that goes with it cannot be made.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:rocksdb::DBImpl::SwitchMemtable";
}

namespace vitrine::ledger {
namespace {

using store::MemoryDisk;

constexpr auto kStream = TestJournal::kStream;
const evidence::RecordRanges kErased{{100, 110}, {300, 300}, {505, 520}, {590, 590}};

std::string principal(std::uint64_t index) {
  return TestJournal::principal(index);
}
std::string blob(std::uint64_t index) {
  return TestJournal::blob(index);
}

bool is_open(const evidence::ShownRecord& record, evidence::FacetKind kind) {
  return std::holds_alternative<evidence::Facet>(record.facets[static_cast<std::size_t>(kind)]);
}

/// From which is erased until it is done.
class Script : public TestJournal {
 public:
  using TestJournal::TestJournal;

  void ask(evidence::ErasedFacets facets) { write(pending_erasure({kStream, kErased, facets}, "1")); }
  Result<void> erase() {
    TRY(open());
    JournalEraser eraser(ledger(), store(), files());
    TRY(store::run(eraser.close_facets()));
    TRY(store::run(eraser.clear_traces()));
    return {};
  }
  void erase_in_the_end() {
    insist([&] { return erase(); });
  }

  void expect_erased(evidence::ErasedFacets facets) {
    const auto records = JournalReader(store(), files()).records(kStream, 0, kRecords);
    ASSERT_TRUE(records) << records.error().message;
    ASSERT_EQ(records->size(), kRecords);
    for (std::uint64_t index = 0; index < kRecords; ++index) {
      const auto& entry = (*records)[index];
      const auto shown = evidence::decode_shown(as_bytes(entry.bytes)).value();
      EXPECT_EQ(entry.leaf, leaves()[index]) << index;
      EXPECT_EQ(evidence::leaf(shown), leaves()[index]) << index;
      for (auto kind : evidence::kFacetKinds)
        EXPECT_EQ(is_open(shown, kind), !(contains(kErased, index) && facets.contains(kind)))
            << index << " " << name(kind);
    }
    EXPECT_TRUE(pending_erasures(store())->empty());
  }
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

TEST(JournalEraser, DoesAFewBundlesAtATime) {
  MemoryDisk disk;
  Script script(disk);
  script.prepare();
  script.ask(kWho);
  {
    JournalEraser eraser(script.ledger(), script.store(), script.files(), 1);
    for (int done = 0; done < 2; ++done) {
      ASSERT_TRUE(store::run(eraser.close_facets()));
      EXPECT_FALSE(eraser.has_closed()) << done;
    }
  }
  script.reopen();
  JournalEraser eraser(script.ledger(), script.store(), script.files(), 1);
  int calls = 0;
  for (; !eraser.has_closed() && calls < 10; ++calls) ASSERT_TRUE(store::run(eraser.close_facets()));
  EXPECT_EQ(calls, 3) << "one for each bundle, from the first again after a restart";
  ASSERT_TRUE(store::run(eraser.clear_traces()));
  script.expect_erased(kWho);
}

/// Records move to files while an erasure is under way.
TEST(JournalEraser, FindsWhatIsMovedInBetween) {
  MemoryDisk disk;
  Script script(disk);
  script.prepare();
  script.append(300);
  const evidence::RecordRanges late{{590, 590}, {770, 770}};
  script.write(pending_erasure({kStream, late, kWho}, "1"));
  JournalEraser eraser(script.ledger(), script.store(), script.files(), 1);
  ASSERT_TRUE(store::run(eraser.close_facets()));
  script.move();
  ASSERT_EQ(script.store().journal_front(kStream), 768u);
  ASSERT_TRUE(store::run(eraser.close_facets()));
  ASSERT_TRUE(eraser.has_closed());
  const auto records = JournalReader(script.store(), script.files()).records(kStream, 0, SIZE_MAX).value();
  for (const std::uint64_t index : {590, 770})
    EXPECT_FALSE(
        is_open(evidence::decode_shown(as_bytes(records[index].bytes)).value(), evidence::FacetKind::Who));
  EXPECT_TRUE(
      is_open(evidence::decode_shown(as_bytes(records[591].bytes)).value(), evidence::FacetKind::Who));
}

TEST(JournalEraser, GoesOnWithOthersWhenOneFails) {
  MemoryDisk disk;
  Script script(disk);
  script.prepare();
  ASSERT_TRUE(JournalFiles(disk, "/journals").write(kStream, tlog::BundleId{.index = 0}, Bytes(10, 'x')));
  script.write(pending_erasure({kStream, {{5, 5}}, kWho}, "1"));
  script.write(pending_erasure({kStream, {{300, 300}}, kWho}, "2"));
  JournalEraser eraser(script.ledger(), script.store(), script.files());
  EXPECT_FALSE(store::run(eraser.close_facets()));
  ASSERT_TRUE(eraser.has_closed());
  ASSERT_TRUE(store::run(eraser.clear_traces()));
  EXPECT_EQ(pending_erasures(script.store())->size(), 1u) << "the one of the damaged file waits";
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

constexpr std::uint64_t kSample = 5;

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
       at += store::stride(calls, kSample)) {
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
       at += store::stride(calls, kSample)) {
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
