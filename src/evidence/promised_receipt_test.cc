#include "evidence/promised_receipt.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "evidence/promise_verifier.h"
#include "evidence/receipt_verifier.h"
#include "evidence/sample_log.h"
#include "evidence/verify_report.h"

namespace vitrine::evidence {
namespace {

constexpr std::uint64_t kDue = 5;

struct Sample {
  SampleLog log = sample_log();
  PromisedReceipt receipt = log.promised_receipt(1, 3, kDue);
  std::string document = *write_receipt(receipt);
};

std::string failed_check(std::string_view document, const tlog::NoteKey& key) {
  auto verification = verify_receipt(document, key);
  return verification.failure() ? verification.failure()->name : "";
}

TEST(PromisedReceipt, VerifiesAndSaysThatItIsOnlyPromised) {
  const Sample sample;
  const auto verification = verify_receipt(sample.document, sample.log.key());
  ASSERT_TRUE(verification.verified()) << report_as_text(verification);
  const auto text = report_as_text(verification);
  const auto journal = to_hex(sample.receipt.record.journal.bytes);
  for (std::string_view part :
       {"level", "promised", "in seal 5 at the latest", "what.action", "2026/case-3.mp4", journal.c_str()})
    EXPECT_TRUE(text.contains(part)) << part << " in\n" << text;
  EXPECT_EQ(*write_receipt(*read_promised_receipt(sample.document)), sample.document);
}

TEST(PromisedReceipt, EveryChangedByteFails) {
  const Sample sample;
  for (std::size_t at = 0; at < sample.document.size(); ++at)
    for (int mask : {0x01, 0x20}) {
      auto changed = sample.document;
      changed[at] = static_cast<char>(changed[at] ^ mask);
      if (std::string_view(" \t\r\n").contains(changed[at])) continue;
      EXPECT_NE(failed_check(changed, sample.log.key()), "") << at << ": " << changed;
    }
}

TEST(PromisedReceipt, APromiseOfAnotherRecordIsNone) {
  Sample sample;
  sample.receipt.promise = sample.log.promise(1, {2, 4}, 0, kDue);
  EXPECT_EQ(failed_check(*write_receipt(sample.receipt), sample.log.key()), "record");
}

TEST(PromisedReceipt, AFacetMayBeClosed) {
  Sample sample;
  sample.receipt.record.opened[static_cast<std::size_t>(FacetKind::Who)].reset();
  sample.receipt.record.opened[static_cast<std::size_t>(FacetKind::Outcome)].reset();
  EXPECT_EQ(failed_check(*write_receipt(sample.receipt), sample.log.key()), "");
}

TEST(PromisedReceipt, ARecordOfTheFutureIsRefused) {
  SampleLog log;
  log.create_account("one");
  auto contents = sample_contents(0);
  contents.outcome.time = SampleLog::kStart + std::chrono::seconds(11);
  log.record(0, contents);
  EXPECT_EQ(failed_check(*write_receipt(log.promised_receipt(0, 0, 1)), log.key()), "time");
}

TEST(PromisedReceipt, HoldsThePromiseForTheTimeWhenItIsDue) {
  Sample sample;
  const auto sealed = *write_receipt(sample.log.receipt(1, 3));
  const auto kept = verify_promise(sample.document, sample.log.key(), sealed);
  EXPECT_TRUE(kept.verified()) << report_as_text(kept);
  const auto by_itself = verify_promise(sample.document, sample.log.key(), sample.document);
  ASSERT_TRUE(by_itself.failure()) << "a promise does not show itself kept";
  EXPECT_EQ(by_itself.failure()->name, "receipt");
}

}  // namespace
}  // namespace vitrine::evidence
