#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <filesystem>

#include "base/encoding.h"
#include "base/file.h"
#include "evidence/dishonest_operator.h"
#include "evidence/journal_export.h"
#include "evidence/journal_folder.h"
#include "evidence/journal_verifier.h"
#include "evidence/stated_gaps.h"
#include "evidence/verify_report.h"

namespace vitrine::evidence {
namespace {

using Files = SampleLog::Files;

constexpr std::size_t kSlot = 1;
const std::string kRecords = "tile/entries/000.p/7";

ReadJournalFile reader(const Files& files) {
  return [&files](const std::string& path) -> Result<Bytes> {
    auto file = files.find(path);
    if (file == files.end()) return fail(Code::ResourceNotFound, "There is no " + path + ".");
    return file->second;
  };
}

struct Sample {
  DishonestOperator log{sample_log()};
  Files files = log.journal(kSlot);

  [[nodiscard]] Verification verify(const KeptEvidence& kept = {}) const {
    return verify_journal(reader(files), log.key(), kept);
  }
  [[nodiscard]] std::string head() const { return std::string(as_text(files.at(kJournalHeadFile))); }
};

std::string failed_check(const Verification& verification) {
  return verification.failure() ? verification.failure()->name : "";
}

std::string fact(const Verification& verification, std::string_view name) {
  for (const auto& fact : verification.facts())
    if (fact.name == name) return fact.value;
  return "";
}

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

// What an operator who holds the log's key may try, and which check shows it to whoever kept something.
struct Attack {
  const char* name;
  void (*act)(DishonestOperator&);
  const char* by_head;
  const char* by_receipt;
};
const Attack kAttacks[] = {
    {"rewrites a record",
     [](DishonestOperator& log) {
       auto contents = sample_contents(3);
       contents.what.action = "blob.get-properties";
       log.rewrite(kSlot, 3, contents);
     },
     "history", "receipts' records"},
    {"drops the last records", [](DishonestOperator& log) { log.drop_last_records(kSlot, 4); },
     "earlier head", "receipts"},
    {"drops records and makes up others",
     [](DishonestOperator& log) {
       log.drop_last_records(kSlot, 4);
       for (std::uint64_t n = 20; n < 30; ++n) log.record(kSlot, sample_contents(n));
     },
     "history", "receipts' records"},
    {"begins a second journal", [](DishonestOperator& log) { log.begin_second_journal(kSlot); },
     "earlier head", "receipts"},
};

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

class ExportedFolder : public testing::Test {
 protected:
  ExportedFolder() { std::filesystem::remove_all(folder_); }
  ~ExportedFolder() override { std::filesystem::remove_all(folder_); }

  Result<Exported> update() {
    const auto files = log_.journal(kSlot);
    fetched_.clear();
    return update_export(folder_, *read_journal_head(as_text(files.at(kJournalHeadFile))),
                         [&](const std::string& path) {
                           fetched_.push_back(path);
                           return reader(files)(path);
                         });
  }
  [[nodiscard]] Verification verify(const KeptEvidence& kept = {}) const {
    return verify_journal(
        [this](const std::string& path) -> Result<Bytes> {
          return to_bytes(as_bytes(TRY(read_file(folder_ / path))));
        },
        log_.key(), kept);
  }
  void grow_to(std::uint64_t size) {
    for (auto n = log_.sealed_head(kSlot).head.size; n < size; ++n) log_.record(kSlot, sample_contents(n));
    log_.seal();
  }
  /// All files but the heads before.
  [[nodiscard]] Files content() const {
    Files files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_))
      if (entry.is_regular_file() && entry.path().parent_path().filename() != kEarlierHeads)
        files[entry.path().lexically_relative(folder_).string()] =
            to_bytes(as_bytes(read_file(entry.path()).value()));
    return files;
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("vitrine-export-" + std::to_string(::getpid()));
  DishonestOperator log_{sample_log()};
  std::vector<std::string> fetched_;
};

TEST_F(ExportedFolder, HoldsWhatTheServerHasAndFetchesOnlyWhatIsNew) {
  for (const std::uint64_t size : {7, 8, 255, 256, 257, 600, 600, 1024, 3000}) {
    grow_to(size);
    const auto updated = update();
    ASSERT_TRUE(updated) << updated.error().message;
    EXPECT_EQ(updated->records, size);
    EXPECT_TRUE(content() == log_.journal(kSlot)) << size;
    EXPECT_TRUE(verify().verified()) << report_as_text(verify());
  }
  grow_to(3001);
  ASSERT_TRUE(update());
  EXPECT_EQ(fetched_.size(), 1u) << "the last bundle";
}

TEST_F(ExportedFolder, KeepsItsHeadWhenHistoryIsRewritten) {
  grow_to(300);
  ASSERT_TRUE(update());
  for (const auto& attack : kAttacks) {
    log_ = DishonestOperator(sample_log());  // the same bytes again
    grow_to(300);
    attack.act(log_);
    log_.seal();
    const auto refused = update();
    ASSERT_FALSE(refused) << attack.name;
    EXPECT_EQ(refused.error().code, Code::VerificationFailed) << attack.name;
    EXPECT_TRUE(verify().verified()) << attack.name << ": what is there stays evidence";
  }
}

TEST_F(ExportedFolder, TakesHashesWhereRecordsAreGone) {
  grow_to(600);
  auto files = log_.journal(kSlot);
  files.erase("tile/entries/001");
  const auto head = read_journal_head(as_text(files.at(kJournalHeadFile))).value();
  ASSERT_TRUE(update_export(folder_, head, reader(files)));
  EXPECT_EQ(failed_check(verify()), "records");
  log_.record(kSlot, sample_statement(kExpireAction, "0-511", ""));
  log_.seal();
  files = log_.journal(kSlot);
  files.erase("tile/entries/001");
  const auto later = read_journal_head(as_text(files.at(kJournalHeadFile))).value();
  ASSERT_TRUE(update_export(folder_, later, reader(files)));
  const auto verification = verify();
  EXPECT_TRUE(verification.verified()) << report_as_text(verification);
  EXPECT_EQ(fact(verification, "records dropped, as a record says"), "256");
}

TEST_F(ExportedFolder, KeepsWhatItHasOfRecordsThatNobodyGivesOutAnyMore) {
  grow_to(15);
  ASSERT_TRUE(update());
  const auto kept = content().at("tile/entries/000.p/15");
  grow_to(20);
  auto files = log_.journal(kSlot);
  files.erase("tile/entries/000.p/20");
  const auto head = read_journal_head(as_text(files.at(kJournalHeadFile))).value();
  ASSERT_TRUE(update_export(folder_, head, reader(files)));
  EXPECT_EQ(content().at("tile/entries/000.p/15"), kept);
}

TEST_F(ExportedFolder, KeepsTheHeadsBefore) {
  for (const std::uint64_t size : {5, 300, 600}) {
    grow_to(size);
    ASSERT_TRUE(update());
  }
  for (const auto* size : {"5", "300"}) {
    const auto earlier = read_file(folder_ / kEarlierHeads / fmt::format("{}.json", size));
    ASSERT_TRUE(earlier) << size;
    EXPECT_TRUE(verify({.since = *earlier}).verified()) << report_as_text(verify({.since = *earlier}));
  }
}

TEST_F(ExportedFolder, AHeadThatDoesNotHoldTogetherReplacesNothing) {
  grow_to(10);
  ASSERT_TRUE(update());
  const auto before = content();
  grow_to(20);
  const auto files = log_.journal(kSlot);
  auto head = read_journal_head(as_text(files.at(kJournalHeadFile))).value();
  head.checkpoint = "nobody signed this\n";
  EXPECT_EQ(update_export(folder_, head, reader(files)).error().code, Code::VerificationFailed);
  EXPECT_EQ(content(), before);
}

TEST_F(ExportedFolder, NothingElseIsOverwritten) {
  ASSERT_TRUE(replace_file(folder_ / "thesis.txt", as_bytes("four years")));
  EXPECT_EQ(update().error().code, Code::InvalidInput);
  EXPECT_EQ(content().size(), 1u);
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
