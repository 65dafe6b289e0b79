#include "evidence/receipt.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "evidence/receipt_verifier.h"
#include "evidence/sample_log.h"
#include "evidence/verify_report.h"

namespace vitrine::evidence {
namespace {

namespace json = boost::json;

struct Sample {
  SampleLog log = sample_log();
  Receipt receipt = log.receipt(1, 3);
  std::string document = *write_receipt(receipt);
};

std::string failed_check(std::string_view document, const tlog::NoteKey& key) {
  auto verification = verify_receipt(document, key);
  return verification.failure() ? verification.failure()->name : "";
}

TEST(Receipt, VerifiesAndSaysWhatItProves) {
  Sample sample;
  auto verification = verify_receipt(sample.document, sample.log.key());
  ASSERT_TRUE(verification.verified()) << report_as_text(verification);
  EXPECT_EQ(exit_code(verification), 0);
  auto text = report_as_text(verification);
  for (auto part : {"what.action", "blob.get", "2026/case-3.mp4", "why.decision", "permitted",
                    "evidence-review", "This receipt is verified."})
    EXPECT_NE(text.find(part), text.npos) << part << " in\n" << text;
  auto report = json::parse(report_as_json(verification));
  EXPECT_TRUE(report.at("verified").as_bool());
  // By these two principals find out whether they are shown one journal.
  EXPECT_EQ(report.at("facts").at("slot"), "1");
  EXPECT_EQ(report.at("facts").at("journal").as_string(), to_hex(sample.receipt.sealed.head.journal.bytes));
  EXPECT_EQ(report.at("checks").as_array().size(), verification.checks().size());
}

TEST(Receipt, EveryRecordOfTheJournalHasOne) {
  Sample sample;
  for (std::uint64_t index = 0; index < 7; ++index) {
    auto document = *write_receipt(sample.log.receipt(1, index));
    EXPECT_TRUE(verify_receipt(document, sample.log.key()).verified()) << index;
  }
}

TEST(Receipt, IsReadAsItWasWritten) {
  Sample sample;
  auto read = read_receipt(sample.document);
  ASSERT_TRUE(read);
  EXPECT_EQ(*write_receipt(*read), sample.document);
}

TEST(Receipt, EveryChangedByteFailsAndNamesACheck) {
  Sample sample;
  for (std::size_t at = 0; at < sample.document.size(); ++at)
    for (int mask : {0x01, 0x02, 0x20, 0x80}) {
      auto changed = sample.document;
      changed[at] = static_cast<char>(changed[at] ^ mask);
      auto verification = verify_receipt(changed, sample.log.key());
      ASSERT_NE(verification.failure(), nullptr) << "byte " << at << " ^ " << mask << ": " << changed[at];
      EXPECT_FALSE(verification.failure()->sentence.empty());
    }
}

TEST(Receipt, EveryMissingByteFails) {
  Sample sample;
  for (std::size_t at = 0; at < sample.document.size(); ++at) {
    auto changed = sample.document;
    changed.erase(at, 1);
    ASSERT_FALSE(verify_receipt(changed, sample.log.key()).verified()) << at;
  }
}

// One row a part: what is changed, and the check that must name it.
TEST(Receipt, TheFirstFailedCheckNamesWhatWasChanged) {
  struct Row {
    const char* check;
    const char* place;
    void (*change)(Receipt&);
  };
  auto at = [](FacetKind kind) { return static_cast<std::size_t>(kind); };
  static const auto kWhat = at(FacetKind::What), kOutcome = at(FacetKind::Outcome);
  for (const auto& row : {
           Row{"checkpoint", "/checkpoint", [](Receipt& r) { r.sealed.checkpoint[30] ^= 1; }},
           Row{"log", "/seal", [](Receipt& r) { r.sealed.seal_index ^= 1; }},
           Row{"log", "/seal", [](Receipt& r) { r.sealed.log_path[0][0] ^= 1; }},
           Row{"slot", "/slot", [](Receipt& r) { r.sealed.slot ^= 1; }},
           Row{"slot", "/slot", [](Receipt& r) { r.sealed.slot_salt.bytes[0] ^= 1; }},
           Row{"slot", "/slot", [](Receipt& r) { r.sealed.heads_path[0][0] ^= 1; }},
           Row{"slot", "/slot", [](Receipt& r) { r.sealed.head.journal.bytes[0] ^= 1; }},
           Row{"slot", "/slot", [](Receipt& r) { r.sealed.head.size ^= 8; }},
           Row{"slot", "/slot", [](Receipt& r) { r.sealed.head.root[0] ^= 1; }},
           Row{"journal", "/record", [](Receipt& r) { r.index ^= 1; }},
           Row{"journal", "/record", [](Receipt& r) { r.journal_path[0][0] ^= 1; }},
           Row{"journal", "/record", [](Receipt& r) { r.commitments[kWhat][0] ^= 1; }},
           Row{"facet what", "/record/facets/what", [](Receipt& r) { r.opened[kWhat]->salt.bytes[0] ^= 1; }},
           Row{"facet what", "/record/facets/what",
               [](Receipt& r) {
                 auto what = *decode_what(r.opened[kWhat]->cbor);
                 what.blob = "another";
                 r.opened[kWhat]->cbor = encode(what);
               }},
           Row{"facet outcome", "/record/facets/outcome",
               [](Receipt& r) {
                 auto outcome = *decode_outcome(r.opened[kOutcome]->cbor);
                 outcome.status = 403;
                 r.opened[kOutcome]->cbor = encode(outcome);
               }},
       }) {
    Sample sample;
    row.change(sample.receipt);
    auto verification = verify_receipt(*write_receipt(sample.receipt), sample.log.key());
    ASSERT_NE(verification.failure(), nullptr) << row.check;
    EXPECT_EQ(verification.failure()->name, row.check);
    EXPECT_EQ(verification.failure()->place, row.place);
    EXPECT_EQ(verification.checks().back().state, CheckState::NotReached);
    EXPECT_EQ(exit_code(verification), 1);
  }
}

TEST(Receipt, AReadableFieldThatSaysSomethingElseIsNamed) {
  Sample sample;
  auto document = json::parse(sample.document);
  document.at_pointer("/record/facets/what/reads/blob") = "holiday.mp4";
  auto verification = verify_receipt(json::serialize(document), sample.log.key());
  ASSERT_NE(verification.failure(), nullptr);
  EXPECT_EQ(verification.failure()->name, "readable fields");
  EXPECT_EQ(verification.failure()->place, "/record/facets/what/reads/blob");
}

TEST(Receipt, AddedTwiceAndReorderedFieldsAreRefused) {
  Sample sample;
  auto key = sample.log.key();
  auto document = json::parse(sample.document);
  document.as_object()["note"] = "by somebody";
  EXPECT_EQ(verify_receipt(json::serialize(document), key).failure()->place, "/note");

  auto twice = sample.document;
  twice.insert(1, R"("level":"witnessed",)");
  EXPECT_EQ(failed_check(twice, key), "readable fields");

  auto reordered = json::parse(sample.document);
  auto level = reordered.at("level");
  reordered.as_object().erase("level");
  reordered.as_object()["level"] = level;
  EXPECT_EQ(failed_check(json::serialize(reordered), key), "readable fields");
}

TEST(Receipt, WhitespaceBetweenTokensIsNoChange) {
  Sample sample;
  std::string spaced;
  bool in_text = false;
  for (char c : sample.document) {
    spaced += c;
    if (c == '"') in_text = !in_text;
    if (!in_text && (c == ',' || c == '{')) spaced += "\n  ";
  }
  EXPECT_TRUE(verify_receipt(spaced, sample.log.key()).verified());
}

TEST(Receipt, FacetsMayBeKeptClosed) {
  Sample sample;
  for (auto kind : {FacetKind::Who, FacetKind::What, FacetKind::Outcome})
    sample.receipt.opened[static_cast<std::size_t>(kind)].reset();
  auto document = *write_receipt(sample.receipt);
  EXPECT_EQ(document.find("case-3"), document.npos);
  auto verification = verify_receipt(document, sample.log.key());
  EXPECT_TRUE(verification.verified()) << report_as_text(verification);
}

TEST(Receipt, AnotherLogsKeyProvesNothing) {
  Sample sample;
  auto other = *tlog::NoteKey::make(sample.log.key().name(), crypto::SigningKey::generate().public_key());
  EXPECT_EQ(failed_check(sample.document, other), "checkpoint");
}

TEST(Receipt, ARecordThatClaimsToBeLaterThanItsSealIsRefused) {
  SampleLog log;
  log.create_account("only");
  for (auto [late, check] : {std::pair{10, ""}, std::pair{11, "time"}}) {
    auto contents = sample_contents(0);
    auto next_seal = SampleLog::kStart + std::chrono::seconds(log.last_seal().number + 1);
    contents.outcome.time = next_seal + std::chrono::seconds(late);
    auto index = log.record(0, contents);
    log.seal();
    EXPECT_EQ(failed_check(*write_receipt(log.receipt(0, index)), log.key()), check);
  }
}

TEST(Receipt, WhatIsNoReceiptIsRefused) {
  Sample sample;
  for (auto document : {"", "{", "{}", "[]", "null", "1", R"({"format":"vitrine-receipt-v2"})",
                        R"({"format":"vitrine-receipt-v1","level":"witnessed"})",
                        R"({"format":"vitrine-receipt-v1","level":"sealed","record":[]})"})
    EXPECT_EQ(failed_check(document, sample.log.key()), "document") << document;
  EXPECT_EQ(failed_check(std::string((1 << 20) + 1, ' '), sample.log.key()), "document");
}

}  // namespace
}  // namespace vitrine::evidence
