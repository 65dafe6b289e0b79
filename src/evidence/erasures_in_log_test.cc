// Erasures in a journal and in the public log must be the same ones.
#include "evidence/erasures_in_log.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "evidence/dishonest_operator.h"
#include "evidence/journal_verifier.h"
#include "evidence/sample_log.h"
#include "evidence/verify_report.h"

namespace vitrine::evidence {
namespace {

constexpr std::size_t kSlot = 1;

ReadLogFile reader(const SampleLog::Files& files) {
  return [&files](const std::string& path) -> Result<Bytes> {
    const auto file = files.find(path);
    if (file == files.end()) return fail(Code::ResourceNotFound, "There is no " + path + ".");
    return file->second;
  };
}

/// A journal of which who is erased from two records, and the log.
struct Sample {
  DishonestOperator log{sample_log()};
  ErasureOrder order{log.head(kSlot).journal, {{2, 3}}, {.who = true}, "law"};

  void publish(std::uint64_t slot, const ErasureOrder& of) {
    log.publish(log.approved_erasure(slot, of, log.last_seal().time));
  }
  void record(const ErasureOrder& of) { log.record(kSlot, sample_erasure(of)); }
  /// Another one than the first.
  [[nodiscard]] ErasureOrder other() const {
    auto of = order;
    of.ground = "another law";
    return of;
  }

  [[nodiscard]] Verification verify(const SampleLog::Files& journal,
                                    const SampleLog::Files& log_files) const {
    return verify_journal(reader(journal), log.key(), {.public_log = reader(log_files)});
  }
  [[nodiscard]] Verification verify() {
    const auto journal = log.journal(kSlot), log_files = log.files();
    return verify(journal, log_files);
  }
};

std::string outcome(const Verification& verification) {
  const auto* failure = verification.failure();
  return failure ? failure->name + ": " + failure->sentence : "";
}

std::string fact(const Verification& verification, std::string_view name) {
  for (const auto& fact : verification.facts())
    if (fact.name == name) return fact.value;
  return "";
}

TEST(ErasuresInLog, IsStatedWithThePeopleWhenItIsInBoth) {
  Sample sample;
  sample.publish(kSlot, sample.order);
  sample.publish(2, sample.other());
  sample.record(sample.order);
  sample.log.seal();
  const auto verification = sample.verify();
  ASSERT_TRUE(verification.verified()) << report_as_text(verification);
  EXPECT_EQ(fact(verification, "erasures"), "1, as in the public log");
  ASSERT_EQ(verification.statements().size(), 1u);
  const auto text = report_as_text(verification);
  const auto first = crypto::SigningKey::from_seed({0}).public_key();
  EXPECT_TRUE(text.contains(to_hex(crypto::sha256(first)))) << text;

  const auto journal = sample.log.journal(kSlot);
  const auto unasked = verify_journal(reader(journal), sample.log.key());
  EXPECT_EQ(fact(unasked, "erasures"), "1, not held against the public log (--log)");
}

TEST(ErasuresInLog, BothMustTellTheSame) {
  struct Row {
    const char* why;
    void (*act)(Sample&);
    const char* says;
  };
  for (const auto& row : {
           Row{"a record and no entry", [](Sample& s) { s.record(s.order); }, "has no entry of it"},
           Row{"an entry of another slot",
               [](Sample& s) {
                 s.publish(2, s.order);
                 s.record(s.order);
               },
               "has no entry of it"},
           Row{"an entry, and no record by the next seal but one",
               [](Sample& s) {
                 s.publish(kSlot, s.order);
                 s.log.seal();
               },
               "no record of the journal does"},
           Row{"another order",
               [](Sample& s) {
                 s.publish(kSlot, s.other());
                 s.log.seal();
                 s.record(s.order);
               },
               "has no entry of it"},
           Row{"signed for fewer records",
               [](Sample& s) {
                 auto entry = make_erasure(kSlot, s.order, s.log.last_seal().time);
                 entry.records = 1;
                 const auto statement = erasure_statement(s.log.key().name(), entry);
                 for (std::uint8_t i = 0; i < 2; ++i)
                   entry.approvals[i] = approve(statement, crypto::SigningKey::from_seed({i}));
                 s.log.publish(entry);
                 s.record(s.order);
               },
               "from 1 records"},
           Row{"before a loss",
               [](Sample& s) {
                 s.publish(kSlot, s.order);
                 s.log.publish(s.log.approved_loss({.slot = kSlot, .time = s.log.last_seal().time}));
                 s.record(s.order);
               },
               "has no entry of it"},
       }) {
    Sample sample;
    row.act(sample);
    sample.log.seal();
    const auto said = outcome(sample.verify());
    EXPECT_TRUE(said.starts_with("erasures: ") && said.contains(row.says)) << row.why << ": " << said;
  }
}

TEST(ErasuresInLog, AnEntryMayBeASealAheadOfItsRecord) {
  Sample sample;
  sample.publish(kSlot, sample.order);
  sample.log.seal();
  const auto early = sample.verify();
  EXPECT_TRUE(early.verified()) << report_as_text(early);
  EXPECT_EQ(fact(early, "erasures behind this export"), "1");
  const auto journal = sample.log.journal(kSlot);
  sample.log.seal();
  sample.publish(kSlot, sample.other());
  sample.log.seal();
  const auto later = sample.verify(journal, sample.log.files());
  EXPECT_TRUE(later.verified()) << "an older export: " << report_as_text(later);
}

TEST(ErasuresInLog, DroppedRecordsMayHaveToldOfIt) {
  Sample sample;
  sample.publish(kSlot, sample.order);
  sample.record(sample.order);
  for (int n = 0; n < 300; ++n) sample.log.record(kSlot, sample_contents(0));
  sample.log.record(kSlot, sample_statement(kExpireAction, "0-255", ""));
  sample.log.seal();
  sample.log.seal();
  auto journal = sample.log.journal(kSlot);
  journal.erase("tile/entries/000");
  const auto verification = sample.verify(journal, sample.log.files());
  ASSERT_TRUE(verification.verified()) << report_as_text(verification);
  EXPECT_EQ(fact(verification, "erasures told by dropped records"), "1");
}

TEST(ErasuresInLog, TheLogMustHaveTheJournalsSeal) {
  Sample sample;
  const auto older = sample.log.files();
  auto fork = sample;
  sample.log.seal();
  const auto journal = sample.log.journal(kSlot);
  EXPECT_TRUE(outcome(sample.verify(journal, older)).contains("take a newer copy"));
  fork.log.record(kSlot, sample_contents(9));
  fork.log.seal();
  EXPECT_TRUE(outcome(sample.verify(journal, fork.log.files())).contains("two histories"));
  auto damaged = sample.log.files();
  damaged.erase("checkpoint");
  const auto said = outcome(sample.verify(journal, damaged));
  EXPECT_TRUE(said.starts_with("public log: The public log does not verify by itself")) << said;
}

}  // namespace
}  // namespace vitrine::evidence
