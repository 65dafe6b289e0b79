#include "blobs/immutability.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "blobs/lifetime.h"

namespace vitrine::blobs {
namespace {

using namespace std::chrono_literals;
constexpr auto kUnlocked = PolicyMode::Unlocked, kLocked = PolicyMode::Locked;
const Timestamp kNow = from_micros(1'000'000'000);

Attributes with_policy(Timestamp until, PolicyMode mode = kUnlocked) {
  Attributes attributes;
  EXPECT_TRUE(set_policy(attributes, {until, mode}, kNow));
  return attributes;
}

TEST(Immutability, PoliciesHoldUntilTheyAreOver) {
  const auto attributes = with_policy(kNow + 1s);
  EXPECT_EQ(check_mutable(attributes, kNow).error().code, Code::BlobImmutableDueToPolicy);
  EXPECT_EQ(check_mutable(attributes, kNow + 999'999us).error().code, Code::BlobImmutableDueToPolicy);
  EXPECT_TRUE(check_mutable(attributes, kNow + 1s));
  EXPECT_TRUE(check_mutable({}, kNow));
}

TEST(Immutability, HoldsHoldUntilTheyAreCleared) {
  Attributes attributes;
  set_legal_hold(attributes, true);
  EXPECT_EQ(check_mutable(attributes, kNow + 1000h).error().code, Code::BlobImmutableDueToLegalHold);
  set_legal_hold(attributes, false);
  EXPECT_TRUE(check_mutable(attributes, kNow));
}

TEST(Immutability, ALockedPolicyCanOnlyBeMadeLonger) {
  struct Row {
    PolicyMode before, after;
    std::chrono::hours until;
    bool is_allowed;
  };
  for (auto [before, after, until, is_allowed] : {
           Row{kUnlocked, kUnlocked, 1h, true},
           Row{kUnlocked, kUnlocked, 3h, true},
           Row{kUnlocked, kLocked, 1h, true},
           Row{kLocked, kLocked, 2h, true},
           Row{kLocked, kLocked, 3h, true},
           Row{kLocked, kLocked, 1h, false},
           Row{kLocked, kUnlocked, 3h, false},
       }) {
    auto attributes = with_policy(kNow + 2h, before);
    const auto set = set_policy(attributes, {kNow + until, after}, kNow);
    EXPECT_EQ(set.has_value(), is_allowed);
    const auto left = attribute<ImmutabilityPolicy>(attributes)->value();
    EXPECT_EQ(left,
              is_allowed ? ImmutabilityPolicy(kNow + until, after) : ImmutabilityPolicy(kNow + 2h, before));
    EXPECT_EQ(remove_policy(attributes, kNow).has_value(), left.mode == kUnlocked);
    EXPECT_TRUE(remove_policy(attributes, left.until));
  }
}

TEST(Immutability, APolicyEndsInTheFuture) {
  Attributes attributes;
  EXPECT_EQ(set_policy(attributes, {kNow, kUnlocked}, kNow).error().code, Code::InvalidHeaderValue);
  EXPECT_TRUE(attributes.empty());
}

TEST(Immutability, GoldenBytes) {
  EXPECT_EQ(to_hex(ImmutabilityPolicy{kNow, kLocked}.encode()), "821a3b9aca0001");
  EXPECT_EQ(ImmutabilityPolicy::decode(ImmutabilityPolicy{kNow, kLocked}.encode()).value(),
            (ImmutabilityPolicy{kNow, kLocked}));
  EXPECT_EQ(to_hex(LegalHold{}.encode()), "f5");
  EXPECT_TRUE(LegalHold::decode(LegalHold{}.encode()));
  EXPECT_EQ(to_hex(Expiry{kNow}.encode()), "1a3b9aca00");
  EXPECT_EQ(Expiry::decode(Expiry{kNow}.encode())->at, kNow);
  for (const auto* hex : {"82", "821a3b9aca0002", "821a3b9aca000100", "f4", "f500", "f6", ""}) {
    const auto bytes = *from_hex(hex);
    EXPECT_FALSE(ImmutabilityPolicy::decode(bytes)) << hex;
    EXPECT_FALSE(LegalHold::decode(bytes)) << hex;
  }
}

TEST(Expiry, IsResolvedAgainstTheClock) {
  using Option = AskedExpiry::Option;
  const auto created = kNow - 1h;
  EXPECT_EQ(resolve({}, created, kNow).value(), std::nullopt);
  EXPECT_EQ(resolve({Option::RelativeToNow, 1500ms, {}}, created, kNow).value()->at, kNow + 1500ms);
  EXPECT_EQ(resolve({Option::RelativeToCreation, 2h, {}}, created, kNow).value()->at, kNow + 1h);
  EXPECT_EQ(resolve({Option::Absolute, {}, kNow + 1s}, created, kNow).value()->at, kNow + 1s);
  for (const auto& asked :
       {AskedExpiry{Option::RelativeToNow, 0ms, {}}, AskedExpiry{Option::RelativeToCreation, 1h, {}},
        AskedExpiry{Option::Absolute, {}, kNow},
        AskedExpiry{Option::RelativeToNow, std::chrono::milliseconds::max(), {}}})
    EXPECT_EQ(resolve(asked, created, kNow).error().code, Code::InvalidHeaderValue);
}

TEST(Expiry, ComesAtItsTimeUnlessTheBlobIsProtected) {
  Attributes attributes;
  set_attribute(attributes, std::optional(Expiry{kNow}));
  EXPECT_FALSE(is_expired(attributes, kNow - 1us).value());
  EXPECT_TRUE(is_expired(attributes, kNow).value());
  set_legal_hold(attributes, true);
  EXPECT_FALSE(is_expired(attributes, kNow).value());
}

}  // namespace
}  // namespace vitrine::blobs
