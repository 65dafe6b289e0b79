// What an operator who holds the log's key may try, and the check that catches it. Where nothing can be seen
// in one place, the test says which two places must be compared. (docs/threat-model.md)
#include <gtest/gtest.h>

#include "evidence/dishonest_operator.h"
#include "evidence/log_verifier.h"
#include "evidence/receipt_verifier.h"
#include "evidence/sealed_head.h"
#include "evidence/verify_report.h"

namespace vitrine::evidence {
namespace {

constexpr std::size_t kSlot = 1;  // of the account with seven records

/// Which check failed, and its sentence; nothing when all passed.
std::string failure(const Verification& verification) {
  const auto* failed = verification.failure();
  return failed ? failed->name + ": " + failed->sentence : "";
}

std::string log_failure(SampleLog& log, const std::optional<std::string>& since = std::nullopt) {
  auto files = log.files();
  auto read = [&](const std::string& path) -> Result<Bytes> {
    auto found = files.find(path);
    if (found == files.end()) return fail(Code::ResourceNotFound, path + " is missing.");
    return found->second;
  };
  return failure(verify_log(read, log.key(), since));
}

std::string receipt_failure(const Receipt& receipt, const tlog::NoteKey& key) {
  return failure(verify_receipt(*write_receipt(receipt), key));
}

/// What a watcher of a journal asks: does what I see now begin with what I saw then?
std::string growth_failure(const JournalHead& then, const JournalHead& now, const tlog::Proof& proof) {
  auto grown = tlog::verify_consistency(then.size, then.root, now.size, now.root, proof);
  return grown ? "" : grown.error().message;
}

JournalHead head_in(const Receipt& receipt) {
  return receipt.sealed.head;
}

#define EXPECT_BEGINS(text, beginning) EXPECT_TRUE((text).starts_with(beginning)) << (text)

class Attack : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(log_failure(operator_), "");
    ASSERT_EQ(receipt_failure(receipt, operator_.key()), "");
  }

  DishonestOperator operator_{sample_log()};
  Receipt receipt = operator_.receipt(kSlot, 3);  ///< kept by its holder since
  std::string checkpoint = operator_.checkpoint();
};

TEST_F(Attack, ARewrittenRecordHasNoPathToTheSealThatWasMade) {
  operator_.rewrite(kSlot, 3, sample_contents(9));
  auto forged = operator_.receipt(kSlot, 3);
  EXPECT_BEGINS(receipt_failure(forged, operator_.key()), "slot: ");
  forged.sealed.head.root = receipt.sealed.head.root;
  forged.journal_path = receipt.journal_path;
  EXPECT_BEGINS(receipt_failure(forged, operator_.key()), "journal: ");
  forged.commitments = receipt.commitments;
  EXPECT_BEGINS(receipt_failure(forged, operator_.key()), "facet who: ");
}

TEST_F(Attack, ARecordRewrittenInAllSealsSinceIsAnotherHistory) {
  DishonestOperator past{SampleLog()};
  past.create_account("first");
  past.seal();
  past.create_account("second");
  past.create_account("third");
  for (std::uint64_t n = 0; n < 7; ++n) {
    past.record(kSlot, sample_contents(n == 3 ? 9 : n));
    if (n % 2 == 0) past.seal();
  }
  past.publish(Restart{past.last_seal().time, past.last_seal().number, true});
  past.seal();
  EXPECT_EQ(log_failure(past), "") << "in itself it is whole";
  EXPECT_EQ(receipt_failure(past.receipt(kSlot, 3), past.key()), "");
  EXPECT_BEGINS(log_failure(past, checkpoint), "history: History was rewritten");
  EXPECT_BEGINS(log_failure(past, receipt.sealed.checkpoint), "history: ")
      << "any receipt is enough to find out";
}

// Nothing in the log or in one receipt tells: who has seen the journal before must compare.
TEST_F(Attack, ARecordRewrittenBetweenTwoSealsIsSeenInTheJournalsGrowth) {
  operator_.rewrite(kSlot, 3, sample_contents(9));
  operator_.record(kSlot, sample_contents(10));
  operator_.seal();
  auto later = operator_.receipt(kSlot, 3);
  EXPECT_EQ(log_failure(operator_, checkpoint), "");
  EXPECT_EQ(receipt_failure(later, operator_.key()), "");
  EXPECT_NE(later.commitments, receipt.commitments) << "two signed words on one record";
  EXPECT_EQ(growth_failure(head_in(receipt), head_in(later), operator_.growth(kSlot, 7)),
            "The proof does not lead to the older root.");
}

TEST_F(Attack, RecordsDroppedBetweenTwoSealsAreSeenInTheJournalsGrowth) {
  operator_.drop_last_records(kSlot, 4);
  operator_.seal();
  EXPECT_EQ(log_failure(operator_, checkpoint), "");
  EXPECT_EQ(growth_failure(head_in(receipt), operator_.head(kSlot), operator_.growth(kSlot, 7)),
            "The newer tree is smaller than the older one.");
  for (std::uint64_t n = 10; n < 15; ++n) operator_.record(kSlot, sample_contents(n));
  operator_.seal();
  EXPECT_EQ(growth_failure(head_in(receipt), operator_.head(kSlot), operator_.growth(kSlot, 7)),
            "The proof does not lead to the older root.");
}

TEST_F(Attack, AJournalThatGrewAsItShouldIsNotAccused) {
  operator_.record(kSlot, sample_contents(10));
  operator_.seal();
  EXPECT_EQ(growth_failure(head_in(receipt), operator_.head(kSlot), operator_.growth(kSlot, 7)), "");
  EXPECT_EQ(log_failure(operator_, checkpoint), "");
}

TEST_F(Attack, TheLogsLastEntriesDroppedAreMissed) {
  operator_.seal();
  auto newest = operator_.checkpoint();
  operator_.drop_last_entries(1);
  EXPECT_EQ(log_failure(operator_), "");
  EXPECT_BEGINS(log_failure(operator_, newest), "earlier checkpoint: The log went back");
  operator_.publish(Suspension{SuspensionState::Imposed, "image", {}, operator_.last_seal().time});
  EXPECT_BEGINS(log_failure(operator_, newest), "history: ") << "something else in their place";
}

TEST_F(Attack, AForkIsFoundByWhoeverBringsBothCheckpoints) {
  auto other = operator_;
  for (int n = 0; n < 3; ++n) operator_.seal();
  other.publish(Suspension{SuspensionState::Imposed, "image", {}, other.last_seal().time});
  other.seal();
  for (auto* shown : {&operator_, &other}) {
    EXPECT_EQ(log_failure(*shown, checkpoint), "") << "both go on from the common past";
    EXPECT_EQ(receipt_failure(shown->receipt(kSlot, 3), shown->key()), "");
  }
  EXPECT_BEGINS(log_failure(operator_, other.checkpoint()), "history: ");
  EXPECT_BEGINS(log_failure(other, operator_.checkpoint()), "earlier checkpoint: ");
  for (int n = 0; n < 3; ++n) other.seal();
  EXPECT_BEGINS(log_failure(other, operator_.checkpoint()), "history: ");
}

TEST_F(Attack, TwoTreesOfOneSizeAreAForkToo) {
  auto other = operator_;
  operator_.seal();
  other.seal_with([](Seal& seal) { seal.policy_epoch = 2; });
  EXPECT_EQ(operator_.tree().size(), other.tree().size());
  EXPECT_BEGINS(log_failure(operator_, other.checkpoint()), "history: ");
}

TEST_F(Attack, AReceiptForAnInventedRecordNamesAForkedLog) {
  auto forked = operator_;
  forked.record(kSlot, sample_contents(99));
  forked.seal();
  auto forged = forked.receipt(kSlot, 7);
  operator_.seal();
  operator_.seal();
  EXPECT_EQ(receipt_failure(forged, operator_.key()), "") << "whoever has the key can sign";
  EXPECT_BEGINS(log_failure(operator_, forged.sealed.checkpoint), "history: ")
      << "but not change what all others see";
}

TEST_F(Attack, AnotherJournalInTheSameSlotOfASealHasNoPath) {
  auto real = operator_.exchange_journal(kSlot);
  operator_.record(kSlot, sample_contents(0));
  auto forged = operator_.receipt(kSlot, 0);
  EXPECT_BEGINS(receipt_failure(forged, operator_.key()), "slot: ");
  operator_.show_journal(kSlot, std::move(real));
  EXPECT_EQ(receipt_failure(operator_.receipt(kSlot, 3), operator_.key()), "");
}

// The slot stays, the journal behind it does not: receipts name it, and so do connection details.
TEST_F(Attack, AJournalExchangedBetweenTwoSealsHasAnotherIdAndNoGrowth) {
  operator_.exchange_journal(kSlot);
  for (std::uint64_t n = 0; n < 9; ++n) operator_.record(kSlot, sample_contents(n));
  operator_.seal();
  auto later = operator_.receipt(kSlot, 3);
  EXPECT_EQ(receipt_failure(later, operator_.key()), "");
  EXPECT_EQ(later.sealed.slot, receipt.sealed.slot);
  EXPECT_NE(later.sealed.head.journal, receipt.sealed.head.journal);
  EXPECT_NE(growth_failure(head_in(receipt), head_in(later), operator_.growth(kSlot, 7)), "");
}

TEST_F(Attack, AJournalThatNoEntryAnnouncedIsCountedOrHasNoPath) {
  auto hidden = operator_.hide_journal();
  auto index = operator_.record(hidden, sample_contents(0));
  auto counted = operator_;
  counted.seal();
  EXPECT_BEGINS(log_failure(counted), "entries: Seal 6 covers 4 journals, but 3 accounts were created");
  operator_.seal_with([](Seal& seal) { seal.slots = 3; });
  EXPECT_EQ(log_failure(operator_), "");
  EXPECT_BEGINS(receipt_failure(operator_.receipt(hidden, index), operator_.key()), "slot: ");
}

TEST_F(Attack, AJournalLeftOutOfASealIsMissed) {
  operator_.seal_with([](Seal& seal) { seal.slots = 2; });
  EXPECT_BEGINS(log_failure(operator_), "entries: Seal 6 covers 2 journals, but 3 accounts were created");
}

// Both journals are in the log, and each receipt verifies: only the two principals can tell, by comparing.
TEST_F(Attack, TwoSlotsForOneAccountShowInTheReceiptsOfWhomTheyWereGiven) {
  auto second = operator_.create_account("second");
  operator_.record(second, sample_contents(0));
  operator_.seal();
  auto one = operator_.receipt(kSlot, 0), other = operator_.receipt(second, 0);
  EXPECT_EQ(log_failure(operator_, checkpoint), "");
  EXPECT_EQ(receipt_failure(one, operator_.key()) + receipt_failure(other, operator_.key()), "");
  EXPECT_NE(one.sealed.slot, other.sealed.slot);
  EXPECT_NE(one.sealed.head.journal, other.sealed.head.journal);
}

TEST_F(Attack, ASlotGivenTwiceIsFound) {
  operator_.publish(AccountCreated{kSlot, {}});
  EXPECT_BEGINS(log_failure(operator_), "entries: An account was given slot 1 when 3 was next");
}

TEST_F(Attack, AnOldCheckpointShowsAnOldLogAndNoNewSeal) {
  operator_.seal();
  auto newest = operator_.checkpoint();
  auto old = sample_log();
  ASSERT_EQ(old.checkpoint(), checkpoint);
  EXPECT_EQ(log_failure(old), "") << "in itself it is whole";
  EXPECT_BEGINS(log_failure(old, newest), "earlier checkpoint: The log went back");
  auto replayed = operator_.receipt(kSlot, 3);
  replayed.sealed.checkpoint = checkpoint;
  EXPECT_BEGINS(receipt_failure(replayed, operator_.key()), "log: ");
}

TEST_F(Attack, SealsDatedBackAreFound) {
  operator_.seal_with([](Seal& seal) { seal.time -= std::chrono::seconds(2); });
  EXPECT_BEGINS(log_failure(operator_), "entries: Seal 6 is dated ");
}

TEST_F(Attack, OtherEntriesDatedBackAreFound) {
  const auto last = operator_.last_seal();
  const auto suspension = [](Seconds time) {
    return Suspension{SuspensionState::Imposed, "image", {}, time};
  };
  const auto restart = [&](Seconds time) { return Restart{time, last.number, true}; };
  const auto loss = [&](Seconds time) {
    return operator_.approved_loss({.slot = kSlot, .size = 7, .time = time});
  };
  for (const auto late : {std::chrono::seconds(11), std::chrono::seconds(std::chrono::days(30))})
    for (const PublicEntry& entry :
         {PublicEntry(suspension(last.time - late)), PublicEntry(restart(last.time - late)),
          PublicEntry(loss(last.time - late))}) {
      auto lying = operator_;
      lying.publish(entry);
      EXPECT_BEGINS(log_failure(lying), "entries: An entry behind seal 5 is dated ");
    }
  // As much as two machines' clocks may differ.
  operator_.publish(suspension(last.time - kClockTolerance));
  operator_.publish(restart(last.time));
  operator_.publish(loss(last.time + kClockTolerance));
  operator_.seal();
  EXPECT_EQ(log_failure(operator_), "");
}

TEST_F(Attack, EntriesDatedBehindTheirSealAreFound) {
  const auto next = operator_.last_seal().time + std::chrono::seconds(1);
  for (const auto early : {std::chrono::seconds(11), std::chrono::seconds(std::chrono::days(30))}) {
    auto lying = operator_;
    lying.publish(Suspension{SuspensionState::Lifted, "image", {}, next + early});
    EXPECT_EQ(log_failure(lying), "") << "nothing tells before the seal";
    lying.seal();
    EXPECT_BEGINS(log_failure(lying), "entries: Seal 6 is dated ");
  }
}

TEST_F(Attack, OldRulesPutBackInForceAreFound) {
  operator_.seal_with([](Seal& seal) { seal.policy_epoch = 2; });
  EXPECT_EQ(log_failure(operator_), "");
  operator_.seal_with([](Seal& seal) { seal.policy_epoch = 1; });
  EXPECT_BEGINS(log_failure(operator_), "entries: Seal 7 has policy epoch 1, seal 6 had 2");
}

TEST_F(Attack, ARecordDatedBehindItsSealIsFound) {
  auto contents = sample_contents(0);
  contents.outcome.time = operator_.last_seal().time + std::chrono::minutes(5);
  auto index = operator_.record(kSlot, contents);
  operator_.seal();
  EXPECT_BEGINS(receipt_failure(operator_.receipt(kSlot, index), operator_.key()), "time: ");
}

// Without witnesses nothing says how late a seal was made: this is what is not caught.
TEST_F(Attack, ARecordDatedBackPasses) {
  auto contents = sample_contents(0);
  contents.outcome.time = operator_.last_seal().time - std::chrono::days(30);
  auto index = operator_.record(kSlot, contents);
  operator_.seal();
  EXPECT_EQ(receipt_failure(operator_.receipt(kSlot, index), operator_.key()), "");
}

TEST_F(Attack, SealsLeftOutOrRepeatedAreFound) {
  auto out = operator_;
  out.seal_with([](Seal& seal) { ++seal.number; });
  EXPECT_BEGINS(log_failure(out), "entries: Seal 7 follows seal 5");
  auto repeated = operator_;
  repeated.publish(repeated.last_seal());
  EXPECT_BEGINS(log_failure(repeated), "entries: Seal 5 follows seal 5");
  operator_.seal_with([](Seal& seal) { seal.previous[0] ^= 1; });
  EXPECT_BEGINS(log_failure(operator_), "entries: Seal 6 names another seal");
}

TEST_F(Attack, WhoStoleTheKeyCannotSignWhatTheFilesDoNotHold) {
  auto files = operator_.files();
  auto stolen = crypto::SigningKey::from_seed({1, 2, 3});
  tlog::Checkpoint longer{operator_.key().name(), operator_.tree().size() + 1, {}, {}};
  files["checkpoint"] = to_bytes(as_bytes(*tlog::sign_checkpoint(longer, operator_.key(), stolen)));
  auto read = [&](const std::string& path) -> Result<Bytes> {
    if (files.contains(path)) return files.at(path);
    return fail(Code::ResourceNotFound, path + " is missing.");
  };
  EXPECT_BEGINS(failure(verify_log(read, operator_.key())), "files: ");
  longer.size = operator_.tree().size();
  files["checkpoint"] = to_bytes(as_bytes(*tlog::sign_checkpoint(longer, operator_.key(), stolen)));
  EXPECT_BEGINS(failure(verify_log(read, operator_.key())), "root: ");
}

}  // namespace
}  // namespace vitrine::evidence
