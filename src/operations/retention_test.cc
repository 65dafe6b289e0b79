// Records that were kept long enough go, and the journal says so; nothing else may be missing from it.
#include "ledger/retention.h"

#include "evidence/journal_export.h"
#include "evidence/journal_verifier.h"
#include "ledger/dropped_records.h"
#include "ledger/sealed_check.h"
#include "ledger/sealer.h"
#include "operations/check_content.h"
#include "operations/journals.h"
#include "operations/test_exports.h"
#include "operations/test_world.h"
#include "store/store_test_peer.h"

namespace vitrine::operations {
namespace {

constexpr std::chrono::days kKept{30};

/// The machine's, some days ahead.
class ClockAhead final : public Clock {
 public:
  std::chrono::days days{0};
  [[nodiscard]] Timestamp now() const override { return system_clock().now() + days; }
};

class RetentionTest : public testing::Test {
 protected:
  void SetUp() override {
    auto own = world.request();
    for (int i = 0; i < 700; ++i) {
      auto made = world.run(create_container(*world.floors, own, {world.container("box"), {}}));
      ASSERT_TRUE(made || made.error().code == Code::ContainerAlreadyExists);
    }
    run_sealer(2);
    ASSERT_EQ(world.store->journal_front(slot()), 512u);
  }
  void TearDown() override { sealer.reset(); }

  /// As after a time in which the server ran on: else a clock ahead is not believed.
  void believe_clock() {
    ASSERT_TRUE(store::commit(*world.store, {.writes = {ledger::RetentionClock::row_of(clock.now())}}));
  }
  /// Each run has a first and a last tick at least.
  void run_sealer(int times, std::optional<std::chrono::days> kept = kKept) {
    for (int i = 0; i < times; ++i) {
      open_sealer(kept);
      sealer->start();
      sealer->stop();
    }
  }
  void open_sealer(std::optional<std::chrono::days> kept = kKept) {
    sealer.reset();
    ledger::SealerOptions options{.log_directory = world.directory() / "log", .journal_tail = 256};
    if (kept) options.retention = ledger::RetentionOptions{.age = *kept, .pause = {}};
    sealer =
        ledger::Sealer::open(*world.ledger, *world.store, *world.log_key, clock, std::move(options)).value();
  }

  [[nodiscard]] std::uint32_t slot() const { return world.account().slot; }
  [[nodiscard]] std::uint64_t size() const { return world.store->journal_size(slot()); }
  [[nodiscard]] bool has(std::uint64_t bundle) const {
    return world.ledger_files().has(slot(), {.index = bundle}).value();
  }
  [[nodiscard]] std::uint64_t damages() const {
    store::CheckReport report;
    EXPECT_TRUE(ledger::check_sealed_journals(*world.store, world.ledger_files(), report));
    return report.damages;
  }
  [[nodiscard]] evidence::RecordContents last() const {
    const auto entry = world.ledger->journals().records(slot(), size() - 1, 1).value().front();
    return evidence::read_contents(evidence::decode_record(as_bytes(entry.bytes)).value()).value();
  }

  /// As an export has it now.
  [[nodiscard]] evidence::Verification verify() {
    open_sealer(std::nullopt);
    return verify_export(world, *sealer, world.log_key->name);
  }

  TestWorld world{"retention_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name())};
  ClockAhead clock;
  std::unique_ptr<ledger::Sealer> sealer;
};

TEST_F(RetentionTest, WhatIsYoungIsKept) {
  const auto before = size();
  clock.days = kKept - std::chrono::days(1);
  run_sealer(3);
  EXPECT_TRUE(has(0));
  EXPECT_EQ(size(), before);
  clock.days = kKept * 10;
  believe_clock();
  run_sealer(3, std::nullopt);
  EXPECT_TRUE(has(0)) << "without the setting records are kept for ever";
}

TEST_F(RetentionTest, WhatIsOldGoesAndTheJournalSaysSoAndComesToRest) {
  const auto before = size();
  clock.days = kKept + std::chrono::days(1);
  believe_clock();
  run_sealer(1);
  ASSERT_EQ(size(), before + 1);
  const auto said = last();
  EXPECT_EQ(said.what.action, "journal.expire");
  EXPECT_EQ(said.what.blob, "0-511");
  EXPECT_EQ(said.why.basis, "kept for 30 days");
  EXPECT_EQ(said.outcome.quantities, (std::vector<evidence::Quantity>{{"items", 512}}));
  EXPECT_EQ(said.outcome.time, std::min(said.outcome.time, clock.now()));
  run_sealer(3);
  EXPECT_FALSE(has(0));
  EXPECT_FALSE(has(1));
  EXPECT_EQ(size(), before + 1) << "nothing new is said of nothing new";
  EXPECT_EQ(damages(), 0u);
  const auto verification = verify();
  ASSERT_TRUE(verification.verified()) << verification.failure()->sentence;

  world.reopen();
  EXPECT_EQ(damages(), 0u);
  auto own = world.request();
  const auto gone =
      world.run(read_journal(*world.floors, own, world.account().name, tlog::BundleId{.index = 0}, {}));
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, Code::ResourceNotFound);
  EXPECT_TRUE(gone.error().message.contains("kept as long as they had to be")) << gone.error().message;
  store::CheckReport report;
  check_content(*world.floors, world.accounts, report, BodyCheck::Place);
  EXPECT_EQ(report.damages, 0u);
}

TEST_F(RetentionTest, AClockThatIsYearsAheadDropsNothing) {
  const auto before = size();
  clock.days = std::chrono::days(3650);
  run_sealer(4);
  EXPECT_TRUE(has(0)) << "also after seals and restarts with that time";
  EXPECT_EQ(size(), before);
}

/// The commit of a statement can be answered with an error and be there all the same.
TEST_F(RetentionTest, AStatementThatItDoesNotKnowOfIsFound) {
  open_sealer();
  ASSERT_TRUE(store::commit(*world.store, {.writes = {ledger::dropped_below_write(slot(), 512)}}));
  sealer->start();
  sealer->stop();
  EXPECT_FALSE(has(0));
  EXPECT_FALSE(has(1));
}

TEST_F(RetentionTest, AReceiptOfWhatWasDroppedIsRefusedInWords) {
  clock.days = kKept + std::chrono::days(1);
  believe_clock();
  run_sealer(3);
  open_sealer();
  sealer->start();
  const auto gone = world.run(sealer->receipt({slot(), 300}));
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, Code::RecordNotFound);
  EXPECT_TRUE(world.run(sealer->receipt({slot(), 600})));
}

TEST_F(RetentionTest, AnyOtherMissingBundleIsAnAlarm) {
  ASSERT_TRUE(world.ledger_files().remove(slot(), {.index = 1}));
  EXPECT_EQ(damages(), 1u);
  EXPECT_FALSE(verify().verified());
}

}  // namespace
}  // namespace vitrine::operations
