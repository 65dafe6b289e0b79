// Files of records that are said to be dropped go, whatever call fails or wherever power goes on the way;
// hashes stay.
#include "ledger/retention.h"

#include "ledger/dropped_records.h"
#include "ledger/test_journal.h"
#include "store/every_call.h"

namespace vitrine::ledger {
namespace {

using store::MemoryDisk;

constexpr auto kStream = TestJournal::kStream;

class Script : public TestJournal {
 public:
  using TestJournal::TestJournal;

  void say_dropped() {
    prepare();
    write(dropped_below_write(kStream, kInFiles));
  }
  /// A start, and a seal.
  Result<void> drop() {
    TRY(open());
    Retention retention(ledger(), store(), system_clock(), std::nullopt);
    TRY(retention.load());
    TRY(retention.drop());
    if (!TRY(has(0)) && !TRY(has(1))) return {};
    retention.sealed();
    return retention.drop();
  }
  Result<bool> has(std::uint64_t bundle) { return files().has(kStream, {.index = bundle}); }

  void expect_dropped() {
    EXPECT_FALSE(has(0).value());
    EXPECT_FALSE(has(1).value());
    const JournalReader reader(store(), files());
    EXPECT_EQ(reader.first_kept(kStream).value(), kInFiles);
    EXPECT_EQ(reader.leaves(kStream, 0, SIZE_MAX).value(), leaves());
    EXPECT_EQ(reader.records(kStream, kInFiles, SIZE_MAX)->size(), kRecords - kInFiles);
    for (const std::uint64_t index : {0, 255, 256, 511}) {
      const auto gone = reader.records(kStream, index, 1);
      ASSERT_FALSE(gone) << index;
      EXPECT_EQ(gone.error().code, Code::RecordNotFound);
      EXPECT_TRUE(gone.error().message.contains("Records 0 to 511 of the journal")) << gone.error().message;
    }
    EXPECT_EQ(reader.read(kStream, tlog::BundleId{.index = 0}).error().code, Code::ResourceNotFound);
    EXPECT_TRUE(reader.read(kStream, tlog::TileId{.level = 0, .index = 0}));
  }
};

TEST(Retention, RemovesFilesOnceTheStatementIsSealed) {
  MemoryDisk disk;
  Script script(disk);
  script.say_dropped();
  Retention retention(script.ledger(), script.store(), system_clock(), std::nullopt);
  ASSERT_TRUE(retention.load());
  ASSERT_TRUE(retention.drop());
  EXPECT_TRUE(script.has(0).value()) << "no seal covers the statement yet";
  EXPECT_TRUE(JournalReader(script.store(), script.files()).records(kStream, 0, 1)) << "it is there still";
  {
    const auto frozen = script.store().freeze();
    ASSERT_TRUE(frozen);
    retention.sealed();
    ASSERT_TRUE(retention.drop());
    EXPECT_TRUE(script.has(0).value()) << "a copy may be made that lacks the statement";
  }
  ASSERT_TRUE(retention.drop());
  script.expect_dropped();
  script.reopen();
  script.expect_dropped();
}

TEST(Retention, AMissingFileThatNobodySaidIsDroppedIsDamage) {
  MemoryDisk disk;
  Script script(disk);
  script.prepare();
  script.write(dropped_below_write(kStream, 256));
  ASSERT_TRUE(script.files().remove(kStream, {.index = 1}));
  const auto missing = JournalReader(script.store(), script.files()).records(kStream, 256, 1);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::Corrupt);
}

/// Each stop is between two steps, and the next start goes on.
TEST(Retention, GoesOnAfterAStopBetweenStatementSealAndRemoval) {
  MemoryDisk disk;
  Script script(disk);
  script.say_dropped();
  script.reopen();
  {
    Retention retention(script.ledger(), script.store(), system_clock(), std::nullopt);
    ASSERT_TRUE(retention.load());
    ASSERT_TRUE(retention.drop());
    EXPECT_TRUE(script.has(0).value()) << "stopped before a seal";
  }
  script.reopen();
  {
    Retention retention(script.ledger(), script.store(), system_clock(), std::nullopt);
    ASSERT_TRUE(retention.load());
    retention.sealed();
    EXPECT_TRUE(script.has(0).value()) << "stopped before the removal";
  }
  script.reopen();
  {
    Retention retention(script.ledger(), script.store(), system_clock(), std::nullopt);
    ASSERT_TRUE(retention.load());
    ASSERT_TRUE(retention.drop());
    EXPECT_TRUE(script.has(0).value()) << "this run made no seal yet";
    // As a stop within the removal leaves it: the files go in order.
    ASSERT_TRUE(script.files().remove(kStream, {.index = 0}));
  }
  script.reopen();
  ASSERT_TRUE(script.drop());
  script.expect_dropped();
}

TEST(RetentionClock, PassesAtMostTwiceAsFastAsTheServerRuns) {
  class SetClock final : public Clock {
   public:
    Timestamp time{std::chrono::days(20'000)};
    [[nodiscard]] Timestamp now() const override { return time; }
  } clock;
  using std::chrono::days;
  using std::chrono::hours;
  MemoryDisk disk;
  Script script(disk);
  const auto start = clock.time;
  RetentionClock::Steady steady{};
  RetentionClock ours(script.store(), clock);
  ASSERT_TRUE(ours.load(steady));
  EXPECT_EQ(ours.advance(steady), start);
  clock.time += days(3650);
  EXPECT_EQ(ours.advance(steady += hours(1)), start + hours(2)) << "ten years in an hour";
  script.write(ours.row());
  script.reopen();
  RetentionClock next(script.store(), clock);
  ASSERT_TRUE(next.load(steady));
  EXPECT_EQ(next.advance(steady), start + hours(2)) << "a restart makes nothing true";
  clock.time = start + hours(3);
  EXPECT_EQ(next.advance(steady += hours(1)), start + hours(3)) << "never ahead of the clock";
  clock.time = start;
  EXPECT_EQ(next.advance(steady += hours(1)), start);
  clock.time = start + hours(4);
  EXPECT_EQ(next.advance(steady += hours(1)), start + hours(4)) << "it does not forget when it was";
}

constexpr std::uint64_t kSample = 5;

std::uint64_t calls_of_dropping() {
  MemoryDisk disk;
  Script script(disk);
  script.say_dropped();
  const auto before = disk.calls();
  EXPECT_TRUE(script.drop());
  return disk.calls() - before;
}

TEST(Retention, SurvivesEveryFailingCall) {
  const auto calls = calls_of_dropping();
  for (std::uint64_t at = 0; at < calls; at += store::stride(calls, kSample)) {
    SCOPED_TRACE(fmt::format("call {} of {}", at, calls));
    MemoryDisk disk;
    Script script(disk);
    script.say_dropped();
    disk.fail_call(at, store::Fault::DeviceError);
    script.insist([&] { return script.drop(); });
    disk.cancel_faults();
    script.expect_dropped();
  }
}

TEST(Retention, GoesOnAfterAPowerCut) {
  const auto calls = calls_of_dropping();
  std::mt19937 random(17);
  for (std::uint64_t at = 0; at < calls; at += store::stride(calls, kSample)) {
    SCOPED_TRACE(fmt::format("power cut at call {} of {}", at, calls));
    MemoryDisk disk;
    Script script(disk);
    script.say_dropped();
    disk.cut_power(at);
    (void)script.drop();
    script.close();
    disk.restore_power(random);
    script.insist([&] { return script.drop(); });
    script.expect_dropped();
  }
}

}  // namespace
}  // namespace vitrine::ledger
