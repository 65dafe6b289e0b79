#include "ledger/receipt_token.h"

#include <gtest/gtest.h>

namespace vitrine::ledger {
namespace {

TEST(ReceiptToken, OpensWhatItSealedAndNothingElse) {
  ReceiptTokens tokens(as_bytes("secret")), others(as_bytes("another secret"));
  RecordPlace place{.slot = 7, .index = 1'000'000'000'000};
  auto token = tokens.seal(place);
  EXPECT_EQ(token.size(), 56u);
  EXPECT_EQ(*tokens.open(token), place);
  EXPECT_FALSE(others.open(token));
  EXPECT_FALSE(tokens.open(""));
  EXPECT_FALSE(tokens.open(token + "00"));
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto changed = token;
    changed[i] = changed[i] == '0' ? '1' : '0';
    EXPECT_FALSE(tokens.open(changed)) << i;
  }
}

TEST(ReceiptToken, OneUseOpensNothingOfAnother) {
  ReceiptTokens receipts(as_bytes("secret")), markers(as_bytes("secret"), "marker");
  EXPECT_FALSE(receipts.open(markers.seal({1, 2})));
  EXPECT_FALSE(markers.open(receipts.seal({1, 2})));
}

TEST(ReceiptToken, NeighboursDoNotLookAlike) {
  ReceiptTokens tokens(as_bytes("secret"));
  auto a = tokens.seal({1, 1}), b = tokens.seal({1, 2});
  int same = 0;
  for (std::size_t i = 0; i < a.size(); ++i) same += a[i] == b[i];
  EXPECT_LT(same, 24);
}

}  // namespace
}  // namespace vitrine::ledger
