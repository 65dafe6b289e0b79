// Two people stand behind an erasure, within the hour, and the log counts it.
#include "evidence/erasure.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "evidence/seal_chain.h"

namespace vitrine::evidence {
namespace {

Digest digest_of(std::uint8_t value) {
  Digest digest;
  digest.fill(value);
  return digest;
}
Seconds at(std::int64_t seconds) {
  return Seconds(std::chrono::seconds(seconds));
}

TEST(SealChain, TwoDifferentPeopleStandBehindAnErasureOfThisLog) {
  const auto one = crypto::SigningKey::from_seed({1}), other = crypto::SigningKey::from_seed({2});
  const std::string origin = "test.example/log";
  const auto signed_for = [&](const std::string& log, Erasure erasure) {
    const auto statement = erasure_statement(log, erasure);
    erasure.approvals = {approve(statement, one), approve(statement, other)};
    return erasure;
  };
  const auto good = signed_for(
      origin, {.slot = 0, .records = 7, .facets = {.who = true}, .order = digest_of(1), .agreed = at(5)});
  auto changed = [&](auto change) {
    auto erasure = good;
    change(erasure);
    return erasure;
  };
  struct Row {
    const char* why;
    Erasure erasure;
    bool kept;
  };
  auto of_another_slot = good;
  of_another_slot.slot = 1;
  for (const auto& row : {
           Row{"signed by two", good, true},
           Row{"of a slot that nobody has", signed_for(origin, of_another_slot), false},
           Row{"signed by one twice", changed([](Erasure& e) { e.approvals[1] = e.approvals[0]; }), false},
           Row{"fewer records", changed([](Erasure& e) { --e.records; }), false},
           Row{"another facet", changed([](Erasure& e) { e.facets.what = true; }), false},
           Row{"another order", changed([](Erasure& e) { e.order = {}; }), false},
           Row{"another time", changed([](Erasure& e) { e.agreed += std::chrono::seconds(1); }), false},
           Row{"another person", changed([](Erasure& e) { e.approvals[0].key = {}; }), false},
           Row{"signed for another log", signed_for("other.example/log", good), false},
       }) {
    SealChain chain(origin);
    ASSERT_TRUE(chain.follow(AccountCreated{0, {}}));
    EXPECT_EQ(chain.follow(row.erasure).has_value(), row.kept) << row.why;
    EXPECT_EQ(chain.erasures(), 1u);
    EXPECT_EQ(chain.erased_records(), row.erasure.records);
  }
}

TEST(SealChain, AnAgreementToAnErasureIsHeldAgainstTheSealsAroundIt) {
  const auto one = crypto::SigningKey::from_seed({1}), other = crypto::SigningKey::from_seed({2});
  const std::string origin = "test.example/log";
  constexpr auto kMost = std::chrono::seconds(3610);
  const auto start = at(1'000'000);
  struct Row {
    Seconds agreed;
    bool follows, sealed;
  };
  for (const auto& row :
       {Row{start, true, true}, Row{start - kMost, true, true},
        Row{start - kMost - std::chrono::seconds(1), false, true}, Row{start + kMost, true, true},
        Row{start + kMost + std::chrono::seconds(1), true, false}}) {
    SealChain chain(origin);
    ASSERT_TRUE(chain.follow(AccountCreated{0, {}}));
    Seal first{.number = 1, .time = start, .slots = 1};
    ASSERT_TRUE(chain.follow(first));
    Erasure erasure{.slot = 0, .records = 1, .facets = {.who = true}, .agreed = row.agreed};
    const auto statement = erasure_statement(origin, erasure);
    erasure.approvals = {approve(statement, one), approve(statement, other)};
    EXPECT_EQ(chain.follow(erasure).has_value(), row.follows) << row.agreed.time_since_epoch();
    Seal second{.number = 2, .time = start, .slots = 1, .previous = seal_hash(first)};
    EXPECT_EQ(chain.follow(second).has_value(), row.sealed) << row.agreed.time_since_epoch();
    Seal third{.number = 3, .time = start, .slots = 1, .previous = seal_hash(second)};
    EXPECT_TRUE(chain.follow(third)) << "it is held against the next one alone";
  }
}

TEST(Approvals, AKeyThatNobodyHoldsApprovesNothing) {
  const crypto::Ed25519Public nobody{1};
  crypto::Ed25519Signature fits_all{1};
  Erasure erasure{.slot = 0, .records = 1, .facets = {.who = true}};
  const auto one = crypto::SigningKey::from_seed({1});
  erasure.approvals = {approve(erasure_statement("log", erasure), one), Approval{nobody, fits_all}};
  const auto checked = check_approvals("log", erasure);
  ASSERT_FALSE(checked);
  EXPECT_TRUE(checked.error().message.contains("signs for everybody")) << checked.error().message;
}

TEST(PublicEntry, AnErasureIsOfSomething) {
  const Erasure good{.slot = 0, .records = 1, .facets = {.what = true}};
  EXPECT_TRUE(decode_entry(encode_entry(good)));
  for (const auto& bad :
       {Erasure{.records = 0, .facets = {.what = true}},
        Erasure{.records = kMostErased + 1, .facets = {.what = true}}, Erasure{.records = 1}})
    EXPECT_FALSE(decode_entry(encode_entry(bad)));
}

TEST(ErasureOrder, TheDigestIsTheDocumentedHash) {
  const ErasureOrder order{
      .journal = {digest_of(1)}, .records = {{4, 9}, {17, 17}}, .facets = {.who = true}, .ground = "law"};
  const auto hashed = *from_hex(
      "86"
      "7818"
      "76697472696e652d657261737572652d6f726465722d7631"
      "5820" +
      to_hex(digest_of(1)) + "82" + "820409" + "821111" + "f5" + "f4" + "636c6177");
  EXPECT_EQ(order_digest(order), crypto::sha256(hashed));
  EXPECT_EQ(make_erasure(3, order, at(5)).records, 7u);
}

}  // namespace
}  // namespace vitrine::evidence
