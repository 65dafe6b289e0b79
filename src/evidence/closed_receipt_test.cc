#include "evidence/closed_receipt.h"

#include <gtest/gtest.h>

#include "evidence/receipt_verifier.h"
#include "evidence/sample_log.h"
#include "evidence/verify_report.h"

namespace vitrine::evidence {
namespace {

struct Sample {
  SampleLog log = sample_log();
  std::string sealed = *write_receipt(log.receipt(1, 3));
  std::string promised = *write_receipt(log.promised_receipt(1, 3, 5));
};

TEST(ClosedReceipt, VerifiesAndDoesNotSayWhatIsClosed) {
  Sample sample;
  for (const auto& document : {sample.sealed, sample.promised}) {
    for (std::size_t mask = 0; mask < 16; ++mask) {
      std::vector<FacetKind> kinds, left;
      for (auto kind : kFacetKinds)
        (mask >> static_cast<std::size_t>(kind) & 1 ? kinds : left).push_back(kind);
      const auto closed = close_facets(document, kinds);
      ASSERT_TRUE(closed) << closed.error().message;
      EXPECT_EQ(open_facets(*closed).value(), left);
      const auto verification = verify_receipt(*closed, sample.log.key());
      EXPECT_TRUE(verification.verified()) << report_as_text(verification);
      const bool has_who = closed->contains("account:sample/key1"), has_what = closed->contains("case-3.mp4");
      EXPECT_EQ(has_who, (mask & 1) == 0);
      EXPECT_EQ(has_what, (mask & 2) == 0);
      EXPECT_EQ(close_facets(*closed, kinds).value(), *closed) << "what is closed stays so";
    }
  }
}

TEST(ClosedReceipt, WhatWasChangedIsNotWrittenAnew) {
  const Sample sample;
  const std::array who = {FacetKind::Who};
  for (const auto& [from, to] : {std::pair("case-3.mp4", "case-4.mp4"), std::pair("\"reads\"", "\"r\""),
                                 std::pair("\"cbor\":\"h", "\"cbor\":\"i")}) {
    auto changed = sample.sealed;
    ASSERT_TRUE(changed.contains(from)) << from;
    changed.replace(changed.find(from), std::string_view(from).size(), to);
    EXPECT_FALSE(close_facets(changed, who)) << from;
  }
  for (const auto* text : {"", "{}", "[]", "hello", R"({"error":{"code":"ReceiptNotReady"}})"})
    EXPECT_EQ(close_facets(text, who).error().code, Code::Corrupt) << text;
}

}  // namespace
}  // namespace vitrine::evidence
