#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "evidence/journal_export.h"
#include "evidence/journal_verifier.h"
#include "evidence/test_journal.h"
#include "evidence/verify_report.h"

namespace vitrine::evidence {
namespace {

const std::string kRecords = "tile/entries/000.p/7";

struct Sample {
  DishonestOperator log{sample_log()};
  Files files = log.journal(kSlot);

  [[nodiscard]] Verification verify(const KeptEvidence& kept = {}) const {
    return verify_journal(reader(files), log.key(), kept);
  }
  [[nodiscard]] std::string head() const { return std::string(as_text(files.at(kJournalHeadFile))); }
};

TEST(Journal, VerifiesAndSaysWhatIsInIt) {
  const Sample sample;
  const auto verification = sample.verify();
  ASSERT_TRUE(verification.verified()) << report_as_text(verification);
  EXPECT_EQ(fact(verification, "records"), "7");
  EXPECT_EQ(fact(verification, "records wholly open"), "7");
  EXPECT_EQ(fact(verification, "permitted"), "7");
  EXPECT_EQ(fact(verification, "slot"), "1");
}

TEST(Journal, AnEmptyOneVerifies) {
  auto log = sample_log();
  const auto files = log.journal(0);
  EXPECT_TRUE(verify_journal(reader(files), log.key()).verified());
}

TEST(Journal, EveryChangedByteOfEveryFileFails) {
  Sample sample;
  for (auto& [name, bytes] : sample.files)
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      bytes[at] ^= 0x01;
      const auto verification = sample.verify();
      ASSERT_NE(verification.failure(), nullptr) << name << ", byte " << at;
      EXPECT_FALSE(verification.failure()->sentence.empty());
      bytes[at] ^= 0x01;
    }
}

TEST(Journal, EveryMissingFileFails) {
  for (const auto& [name, bytes] : Sample().files) {
    Sample sample;
    sample.files.erase(name);
    EXPECT_FALSE(sample.verify().verified()) << name;
    // The tile of their hashes stands in, but nobody said that the records were dropped.
    if (name == kRecords) EXPECT_EQ(failed_check(sample.verify()), "records");
  }
}

TEST(Journal, ClosedFacetsAreCountedAndDoNotBreakIt) {
  Sample sample;
  close(FacetKind::Who, sample.log.record_of(kSlot, 2));
  close(FacetKind::What, sample.log.record_of(kSlot, 2));
  close(FacetKind::Why, sample.log.record_of(kSlot, 4));
  sample.files = sample.log.journal(kSlot);
  const auto verification = sample.verify();
  ASSERT_TRUE(verification.verified()) << report_as_text(verification);
  EXPECT_EQ(fact(verification, "records wholly open"), "5");
  EXPECT_EQ(fact(verification, "facet 'who' closed in"), "1");
  EXPECT_EQ(fact(verification, "facet 'what' closed in"), "1");
  EXPECT_EQ(fact(verification, "permitted"), "6");
}

TEST(Journal, ARecordOfAnotherJournalIsNamed) {
  Sample sample;
  sample.log.record_of(kSlot, 3).journal.bytes[0] ^= 1;
  sample.log.grow_anew(kSlot);
  sample.log.seal();
  sample.files = sample.log.journal(kSlot);
  const auto verification = sample.verify();
  EXPECT_EQ(failed_check(verification), "files");
  EXPECT_TRUE(verification.failure()->place.contains("entry 3")) << verification.failure()->place;
}

TEST(Journal, ARecordFromTheFutureFails) {
  Sample sample;
  auto contents = sample_contents(7);
  contents.outcome.time = SampleLog::kStart + std::chrono::hours(1);
  sample.log.record(kSlot, contents);
  sample.log.seal();
  sample.files = sample.log.journal(kSlot);
  EXPECT_EQ(failed_check(sample.verify()), "records");
}

TEST(Journal, AClosingRecordMustStandBehindItsFirst) {
  for (const auto& [first, check] : {std::pair{6, ""}, std::pair{7, "records"}}) {
    Sample sample;
    auto contents = sample_contents(7);
    contents.outcome.closing = Closing{static_cast<std::uint64_t>(first), "succeeded"};
    sample.log.record(kSlot, contents);
    sample.log.seal();
    sample.files = sample.log.journal(kSlot);
    EXPECT_EQ(failed_check(sample.verify()), check);
  }
}

TEST(Journal, AgreesWithWhatWasKept) {
  Sample sample;
  KeptEvidence kept{.since = sample.head(), .receipts = {}};
  for (std::uint64_t index : {0, 3, 6})
    kept.receipts.push_back({.text = *write_receipt(sample.log.receipt(kSlot, index))});
  for (std::uint64_t n = 7; n < 300; ++n) sample.log.record(kSlot, sample_contents(n));
  sample.log.seal();
  sample.files = sample.log.journal(kSlot);
  const auto verification = sample.verify(kept);
  EXPECT_TRUE(verification.verified()) << report_as_text(verification);
}

TEST(Journal, WhoeverKeptAHeadOrAReceiptSeesEveryAttack) {
  for (const auto& attack : kAttacks) {
    Sample sample;
    const KeptEvidence head{.since = sample.head(), .receipts = {}};
    const KeptEvidence receipt{
        .since = {}, .receipts = {{.text = *write_receipt(sample.log.receipt(kSlot, 3)), .name = "a.json"}}};
    attack.act(sample.log);
    sample.log.seal();
    sample.files = sample.log.journal(kSlot);
    EXPECT_TRUE(sample.verify().verified()) << attack.name << ": signed like any other";
    EXPECT_EQ(failed_check(sample.verify(head)), attack.by_head) << attack.name;
    const auto shown = sample.verify(receipt);
    EXPECT_EQ(failed_check(shown), attack.by_receipt) << attack.name;
    const auto& said = *shown.failure();
    EXPECT_TRUE(said.sentence.contains("receipt a.json") || said.place == "receipt a.json") << said.sentence;
  }
}

TEST(Journal, WhoeverKeptAPromiseSeesItBroken) {
  constexpr std::uint64_t kDue = 6;
  for (const auto& attack : kAttacks) {
    Sample sample;
    KeptEvidence kept;
    for (std::uint64_t index : {3, 6})
      kept.promises.push_back({.text = promise_text(sample.log.promise(kSlot, {2, index}, 1, kDue))});
    EXPECT_EQ(failed_check(sample.verify(kept)), "") << "kept before it was due";
    attack.act(sample.log);
    while (sample.log.last_seal().number < kDue) sample.log.seal();
    sample.files = sample.log.journal(kSlot);
    const auto verification = sample.verify(kept);
    ASSERT_TRUE(verification.failure()) << attack.name;
    EXPECT_TRUE(verification.failure()->name.starts_with("promises")) << attack.name;
    const auto& sentence = verification.failure()->sentence;
    EXPECT_TRUE(sentence.contains("BROKEN") || sentence.contains("another journal"))
        << attack.name << ": " << sentence;
  }
}

TEST(Journal, APromiseThatIsNotDueIsNotBroken) {
  Sample sample;
  sample.log.record(kSlot, sample_contents(7));
  const auto due = sample.log.last_seal().number + 1;
  const auto promise = promise_text(sample.log.promise(kSlot, {7}, 0, due));
  const KeptEvidence kept{.since = {}, .receipts = {}, .promises = {{.text = promise}}};
  const auto verification = sample.verify(kept);
  ASSERT_TRUE(verification.failure());
  EXPECT_TRUE(verification.failure()->sentence.contains("export it again"));
  const auto promised = *write_receipt(sample.log.promised_receipt(kSlot, 7, due));
  sample.log.seal();
  sample.files = sample.log.journal(kSlot);
  EXPECT_EQ(failed_check(sample.verify(kept)), "");
  EXPECT_EQ(failed_check(sample.verify({.since = {}, .receipts = {}, .promises = {{.text = promised}}})), "");
  EXPECT_EQ(failed_check(sample.verify({.since = {}, .receipts = {{.text = promised}}})), "receipts")
      << "nothing is sealed in it";
  EXPECT_EQ(failed_check(sample.verify({.since = {}, .receipts = {}, .promises = {{.text = "x"}}})),
            "promises");
}

TEST(Journal, OneOfALaterSealDoesNotShowThatAPromiseWasKeptInTime) {
  const Sample sample;
  const auto seal = sample.log.last_seal().number;
  for (const auto due : {seal, seal - 1}) {
    const auto promise = promise_text(sample.log.promise(kSlot, {3}, 0, due));
    const auto verification = sample.verify({.since = {}, .receipts = {}, .promises = {{.text = promise}}});
    ASSERT_TRUE(verification.verified());
    const auto said = report_as_text(verification);
    EXPECT_EQ(said.contains("1 promise is kept"), due == seal) << said;
    EXPECT_EQ(said.contains(fmt::format("cannot show that seal {}, which was promised, had it", due)),
              due < seal)
        << said;
  }
}

TEST(Journal, AnotherOneInTheSlotPointsToTheLoss) {
  Sample sample;
  const KeptEvidence head{.since = sample.head(), .receipts = {}};
  sample.log.begin_second_journal(kSlot);
  sample.log.seal();
  sample.files = sample.log.journal(kSlot);
  EXPECT_TRUE(sample.verify(head).failure()->sentence.contains("loss entry for slot 1"));
}

TEST(Journal, KeptEvidenceThatIsNotOfThisJournalIsRefused) {
  Sample sample;
  const auto other_head = std::string(as_text(sample.log.journal(2).at(kJournalHeadFile)));
  EXPECT_EQ(failed_check(sample.verify({.since = other_head, .receipts = {}})), "earlier head");
  EXPECT_EQ(failed_check(sample.verify({.since = "{}", .receipts = {}})), "earlier head");
  EXPECT_EQ(failed_check(sample.verify({.since = {}, .receipts = {{.text = "{}"}}})), "receipts");
  auto changed = sample.head();
  changed.replace(changed.find("\"size\":7"), 8, "\"size\":6");
  EXPECT_EQ(failed_check(sample.verify({.since = changed, .receipts = {}})), "earlier head");
}

TEST(JournalHead, HasGoldenBytes) {
  Sample sample;
  const auto document = boost::json::parse(sample.head()).as_object();
  EXPECT_EQ(document.at("format"), "vitrine-journal-v1");
  EXPECT_EQ(*write_journal_head(*read_journal_head(sample.head())), sample.head());
  // SHA-256 of the whole: the sample is the same in every build.
  EXPECT_EQ(to_hex(crypto::sha256(as_bytes(sample.head()))),
            "671b6b48813a55764c649c3b09477159bfaa175f226a94b4bb8b4e731dca8dad");
}

}  // namespace
}  // namespace vitrine::evidence
