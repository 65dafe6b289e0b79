// A store that went back behind its own public log comes forward again, and says what it lost.
#include "ledger/recovery.h"

#include <filesystem>
#include <map>

#include "base/file.h"
#include "evidence/journal_export.h"
#include "evidence/journal_verifier.h"
#include "evidence/log_verifier.h"
#include "evidence/receipt.h"
#include "evidence/receipt_verifier.h"
#include "ledger/sealer.h"
#include "operations/test_world.h"

namespace vitrine::operations {
namespace {

namespace fs = std::filesystem;

/// What is stated with it must not contradict the log that was published today.
class YesterdaysClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return system_clock().now() - std::chrono::days(1); }
};

class RecoveryTest : public testing::Test {
 protected:
  using Files = std::map<std::string, Bytes>;

  void SetUp() override {
    key.emplace(
        ledger::load_or_create_log_key(world.directory() / "keys/log.key", "test.example/log").value());
  }
  void TearDown() override {
    sealer.reset();
    fs::remove_all(copy_);
  }

  [[nodiscard]] fs::path log() const { return world.directory() / "log"; }

  Result<void> open_sealer() {
    sealer = TRY(ledger::Sealer::open(*world.ledger, *world.store, *key, system_clock(),
                                      {.log_directory = log(), .journal_tail = 256}));
    return {};
  }
  void seal() {
    ASSERT_TRUE(open_sealer());
    sealer->start();
    sealer->stop();
  }

  std::string put(const std::string& name) {
    auto own = world.request();
    TextInput body("text");
    auto made = world.run(create_container(*world.floors, own, {world.container("box"), {}}));
    EXPECT_TRUE(made || made.error().code == Code::ContainerAlreadyExists);
    EXPECT_TRUE(
        world.run(put_blob(*world.floors, own, PutBlob{.blob = world.blob("box", name), .length = 4}, body)));
    return own.receipt;
  }
  void put_and_seal(int count) {
    for (int i = 0; i < count; ++i) put("b" + std::to_string(i));
    seal();
  }

  void back_up() {
    sealer.reset();
    world.close();
    fs::remove_all(copy_);
    fs::copy(world.directory(), copy_, fs::copy_options::recursive);
    world.reopen();
  }
  /// Everything goes back but what was published.
  void restore() {
    sealer.reset();
    world.close();
    for (const auto& entry : fs::directory_iterator(world.directory()))
      if (entry.path().filename() != "log") fs::remove_all(entry);
    for (const auto& entry : fs::directory_iterator(copy_))
      if (entry.path().filename() != "log")
        fs::copy(entry.path(), world.directory() / entry.path().filename(), fs::copy_options::recursive);
    world.reopen();
  }

  /// With `crash` nothing is published after the seal that the export is of.
  Files export_journal(bool crash = false) { return export_journal(world.account().records().stream, crash); }
  Files export_journal(std::uint32_t stream, bool crash) {
    EXPECT_TRUE(open_sealer());
    sealer->start();
    const auto head =
        world.run(sealer->journal_head({stream, world.store->journal_size(stream) - 1})).value();
    const auto kept = log().string() + "_kept";
    fs::copy(log(), kept, fs::copy_options::recursive);
    sealer->stop();
    if (crash) {
      fs::remove_all(log());
      fs::copy(kept, log(), fs::copy_options::recursive);
    }
    fs::remove_all(kept);
    Files files{{evidence::kJournalHeadFile, to_bytes(as_bytes(*evidence::write_journal_head(head)))}};
    for (const auto& bundle : tlog::bundles_of_growth(0, head.head.size))
      files[path(bundle)] = world.ledger->journals().read(stream, bundle).value();
    for (const auto& tile : tlog::tiles_of_growth(0, head.head.size))
      files[path(tile)] = world.ledger->journals().read(stream, tile).value();
    return files;
  }
  static evidence::ReadJournalFile reader(const Files& files) {
    return [&files](const std::string& path) -> Result<Bytes> {
      const auto found = files.find(path);
      if (found == files.end()) return fail(Code::ResourceNotFound, path);
      return found->second;
    };
  }
  static evidence::SealedHead head_of(const Files& files) {
    return evidence::read_journal_head(as_text(files.at(evidence::kJournalHeadFile))).value();
  }

  evidence::ReadLogFile published() {
    return [this](const std::string& path) -> Result<Bytes> {
      return to_bytes(as_bytes(TRY(read_file(log() / path))));
    };
  }
  std::unique_ptr<ledger::Recovery> begin() {
    std::vector<identity::Account> accounts;
    for (const auto& ring : world.accounts.all()) accounts.push_back(ring->account());
    auto recovery =
        ledger::Recovery::open(*world.ledger, *world.store, *key, published(), std::move(accounts));
    EXPECT_TRUE(recovery) << recovery.error().message;
    return recovery ? std::move(*recovery) : nullptr;
  }
  [[nodiscard]] evidence::Verification verify_log(const std::string& since) {
    return evidence::verify_log(published(), key->name, since);
  }
  [[nodiscard]] std::string checkpoint() const { return read_file(log() / "checkpoint").value(); }

  /// The receipt of something done now, once it is sealed.
  Result<std::string> receipt_of(const std::string& token) {
    TRY(open_sealer());
    sealer->start();
    Result<std::string> document = fail(Code::ReceiptNotReady, "");
    for (int tries = 0; tries < 500 && !document && document.error().code == Code::ReceiptNotReady; ++tries)
      document = world.run(sealer->receipt(world.ledger->tokens().open(token).value()));
    sealer->stop();
    return document;
  }

  static std::string explain(const evidence::Verification& verification) {
    return verification.failure() ? verification.failure()->sentence : "";
  }

  TestWorld world{"recovery_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name())};
  fs::path copy_ = world.directory().string() + "_copy";
  std::optional<ledger::LogKey> key;
  std::unique_ptr<ledger::Sealer> sealer;
  ledger::Ending ending_{"The disk failed; the newest backup was of the day before.",
                         {crypto::SigningKey::from_seed({1}), crypto::SigningKey::from_seed({2})}};
};

TEST_F(RecoveryTest, AnExportGivesBackWhatABackupLacks) {
  put_and_seal(10);
  back_up();
  put_and_seal(600);  // also with bundles in files, which are lost with the rest
  const auto exported = export_journal();
  seal();
  const auto last = export_journal();
  const auto before = checkpoint();
  restore();
  const auto refused = open_sealer();
  ASSERT_FALSE(refused) << "it is behind";
  auto recovery = begin();
  ASSERT_TRUE(recovery);
  EXPECT_GT(recovery->missing_entries(), 0u);
  EXPECT_EQ(recovery->doubtful()->size(), 1u);
  const auto added = world.run(recovery->refill(head_of(last), reader(last)));
  ASSERT_TRUE(added) << added.error().message;
  EXPECT_GT(added->records, 500u);
  EXPECT_TRUE(recovery->doubtful()->empty()) << "the seal's heads are those of the journals";
  ASSERT_TRUE(world.run(recovery->finish({}, nullptr, system_clock())));
  ASSERT_TRUE(world.run(recovery->complete()));
  seal();
  const auto verification = verify_log(before);
  EXPECT_TRUE(verification.verified()) << explain(verification);
  const auto again = export_journal();
  const auto journal = evidence::verify_journal(
      reader(again), key->name,
      {.since = std::string(as_text(exported.at(evidence::kJournalHeadFile))), .receipts = {}});
  EXPECT_TRUE(journal.verified()) << explain(journal);
}

TEST_F(RecoveryTest, WhatNobodyHasEndsItsJournalAndIsStated) {
  put_and_seal(10);
  const auto old_token = put("kept");
  seal();
  back_up();
  put_and_seal(20);
  const auto old = export_journal();
  const auto before = checkpoint();
  restore();
  auto recovery = begin();
  ASSERT_TRUE(recovery);
  const auto lost = recovery->doubtful().value();
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost[0].account->name.text(), "tester");
  const auto left = world.store->journal_size(0);
  EXPECT_EQ(lost[0].size, left);
  ASSERT_TRUE(world.run(recovery->finish(lost, &ending_, YesterdaysClock())));
  ASSERT_TRUE(world.run(recovery->complete()));
  world.reopen();
  seal();
  const auto verification = verify_log(before);
  ASSERT_TRUE(verification.verified()) << explain(verification);
  const auto stated = std::ranges::find(verification.facts(), "losses", &evidence::Fact::name);
  ASSERT_NE(stated, verification.facts().end());
  EXPECT_EQ(stated->value, "1");

  // The account goes on, with its content, in a journal of its own.
  auto own = world.request();
  EXPECT_TRUE(world.run(get_blob(*world.floors, own, {.blob = world.blob("box", "kept")})));
  EXPECT_NE(world.account().records().stream, 0u);
  const auto token = put("after");
  const auto receipt = receipt_of(token).value();
  const auto proved = evidence::verify_receipt(receipt, key->name);
  EXPECT_TRUE(proved.verified()) << explain(proved);
  EXPECT_LT(evidence::read_receipt(receipt)->index, 5u) << "it begins anew";
  EXPECT_EQ(receipt_of(old_token).error().code, Code::RecordNotFound);
  // Whoever kept the old journal's head is told that it is another one.
  const auto fresh = export_journal();
  const auto journal = evidence::verify_journal(
      reader(fresh), key->name,
      {.since = std::string(as_text(old.at(evidence::kJournalHeadFile))), .receipts = {}});
  ASSERT_TRUE(journal.failure());
  EXPECT_EQ(journal.failure()->name, "earlier head");
}

TEST_F(RecoveryTest, AnAccountThatCameLaterLeavesItsSlot) {
  put_and_seal(3);
  back_up();
  auto own = operator_exchange(*world.floors, world.account(), "create", "127.0.0.1");
  ASSERT_TRUE(
      world.run(create_account(*world.floors, world.accounts, own,
                               {*identity::AccountName::parse("later"), world.account().organisation, {}})));
  const auto last = export_journal(true);
  const auto before = checkpoint();
  restore();
  auto recovery = begin();
  ASSERT_TRUE(recovery);
  const auto doubtful = recovery->doubtful().value();
  ASSERT_EQ(doubtful.size(), 2u);
  EXPECT_FALSE(doubtful[1].account);
  ASSERT_TRUE(world.run(recovery->refill(head_of(last), reader(last))));
  const auto lost = recovery->doubtful().value();
  ASSERT_EQ(lost.size(), 1u) << "the export is of the last seal, so that journal is whole";
  EXPECT_EQ(lost[0].slot, 1u);
  ASSERT_TRUE(world.run(recovery->finish(lost, &ending_, system_clock())));
  ASSERT_TRUE(world.run(recovery->complete()));
  world.reopen();
  seal();
  // The next account gets the next slot.
  own = operator_exchange(*world.floors, world.account(), "create", "127.0.0.1");
  const auto next =
      world.run(create_account(*world.floors, world.accounts, own,
                               {*identity::AccountName::parse("later"), world.account().organisation, {}}));
  ASSERT_TRUE(next) << next.error().message;
  EXPECT_EQ(next->slot, 2u);
  seal();
  const auto verification = verify_log(before);
  EXPECT_TRUE(verification.verified()) << explain(verification);
}

TEST_F(RecoveryTest, TheExportOfALostAccountShowsOthersWhole) {
  put_and_seal(3);
  back_up();
  auto own = operator_exchange(*world.floors, world.account(), "create", "127.0.0.1");
  const auto later =
      world.run(create_account(*world.floors, world.accounts, own,
                               {*identity::AccountName::parse("later"), world.account().organisation, {}}));
  seal();
  const auto kept = export_journal(later->slot, false);
  seal();  // nobody did anything since
  restore();
  auto recovery = begin();
  ASSERT_TRUE(recovery);
  EXPECT_EQ(recovery->doubtful()->size(), 2u);
  const auto refilled = world.run(recovery->refill(head_of(kept), reader(kept)));
  ASSERT_TRUE(refilled) << refilled.error().message;
  EXPECT_TRUE(refilled->account_is_lost);
  const auto doubtful = recovery->doubtful().value();
  ASSERT_EQ(doubtful.size(), 1u);
  EXPECT_EQ(doubtful[0].slot, later->slot);
  auto another = head_of(kept);
  another.head.size -= 1;
  ASSERT_TRUE(world.run(recovery->refill(another, reader(kept))));
  EXPECT_EQ(recovery->doubtful()->size(), 2u) << "a head that the seal does not commit to shows nothing";
}

TEST_F(RecoveryTest, AnEntryThatWaitedInTheBackupIsNotPublishedTwice) {
  put_and_seal(1);
  auto own = operator_exchange(*world.floors, world.account(), "create", "127.0.0.1");
  ASSERT_TRUE(
      world.run(create_account(*world.floors, world.accounts, own,
                               {*identity::AccountName::parse("waits"), world.account().organisation, {}})));
  back_up();
  seal();
  const auto before = checkpoint();
  restore();
  auto recovery = begin();
  ASSERT_TRUE(recovery);
  EXPECT_TRUE(recovery->doubtful()->empty());
  ASSERT_TRUE(world.run(recovery->finish({}, nullptr, system_clock())));
  ASSERT_TRUE(world.run(recovery->complete()));
  seal();
  const auto verification = verify_log(before);
  EXPECT_TRUE(verification.verified()) << explain(verification);
}

TEST_F(RecoveryTest, ASecondOneGoesOnWhereTheFirstWasBrokenOff) {
  put_and_seal(2);
  back_up();
  for (int i = 0; i < 30; ++i) seal();
  const auto before = checkpoint();
  restore();
  {
    // Everything but the last commit.
    auto log = ledger::PublicLog::open_behind(*world.store, *key);
    ASSERT_TRUE(log);
  }
  ASSERT_TRUE(begin()->doubtful()->empty());
  auto recovery = begin();
  ASSERT_TRUE(world.run(recovery->finish({}, nullptr, system_clock())));
  ASSERT_TRUE(world.run(recovery->complete()));
  const auto again = ledger::Recovery::open(*world.ledger, *world.store, *key, published(), {});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::InvalidInput) << "nothing is left to be done";
  seal();
  EXPECT_TRUE(verify_log(before).verified());
}

TEST_F(RecoveryTest, NoServerStartsBeforeTheLogsFilesAreThere) {
  put_and_seal(2);
  back_up();
  seal();
  restore();
  ASSERT_TRUE(world.run(begin()->finish({}, nullptr, system_clock())));
  world.reopen();
  const auto refused = open_sealer();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::InvalidInput);
  auto again = begin();
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->is_finished());
  ASSERT_TRUE(world.run(again->complete()));
  EXPECT_TRUE(open_sealer());
}

TEST_F(RecoveryTest, AnExportOfAnotherHistoryIsRefused) {
  put_and_seal(5);
  back_up();
  put_and_seal(5);
  auto last = export_journal();
  restore();
  // The record differs from the one that was sealed.
  put("something else");
  auto recovery = begin();
  ASSERT_TRUE(recovery);
  const auto refused = world.run(recovery->refill(head_of(last), reader(last)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::VerificationFailed);
  auto other = head_of(last);
  other.head.journal.bytes[0] ^= 1;
  EXPECT_EQ(world.run(recovery->refill(other, reader(last))).error().code, Code::InvalidInput);
}

}  // namespace
}  // namespace vitrine::operations
