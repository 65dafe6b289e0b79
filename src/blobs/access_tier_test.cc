#include "blobs/access_tier.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace vitrine::blobs {
namespace {

constexpr RehydrationTimes kTimes{.standard = std::chrono::minutes(100), .high = std::chrono::minutes(10)};
Timestamp at(int minute) {
  return from_micros(0) + std::chrono::minutes(minute);
}
Attributes with(const std::optional<AccessTier>& tier) {
  Attributes attributes;
  set_attribute(attributes, tier);
  return attributes;
}

TEST(AccessTier, HasAName) {
  for (auto tier : {Tier::Hot, Tier::Cool, Tier::Cold, Tier::Archive})
    EXPECT_EQ(*parse_tier(name(tier)), tier);
  EXPECT_EQ(*parse_tier("aRCHIVE"), Tier::Archive);
  for (auto wrong : {"", "Ho", "Hots", "P10"})
    EXPECT_EQ(parse_tier(wrong).error().code, Code::InvalidHeaderValue) << wrong;
}

TEST(AccessTier, ChangesAtOnceWhereNothingIsArchived) {
  std::optional<AccessTier> tier;
  for (auto to : {Tier::Cool, Tier::Cold, Tier::Hot, Tier::Archive, Tier::Archive}) {
    EXPECT_FALSE(*set_tier(tier, to, RehydratePriority::Standard, kTimes, at(1)));
    EXPECT_EQ(tier->tier, to);
  }
}

TEST(AccessTier, WhatIsArchivedTakesItsTime) {
  std::optional<AccessTier> tier = AccessTier{.tier = Tier::Archive, .set = at(0)};
  EXPECT_EQ(check_online(with(tier), at(1)).error().code, Code::BlobArchived);
  EXPECT_TRUE(*set_tier(tier, Tier::Cool, RehydratePriority::Standard, kTimes, at(1)));
  EXPECT_EQ(check_online(with(tier), at(100)).error().code, Code::BlobBeingRehydrated);
  EXPECT_EQ(tier_at(tier, at(100))->tier, Tier::Archive);
  for (auto other : {Tier::Hot, Tier::Archive})
    EXPECT_EQ(set_tier(tier, other, RehydratePriority::High, kTimes, at(2)).error().code,
              Code::BlobBeingRehydrated);
  EXPECT_TRUE(check_online(with(tier), at(101)));
  EXPECT_EQ(tier_at(tier, at(101)), (AccessTier{.tier = Tier::Cool, .set = at(101)}));
}

TEST(AccessTier, AHigherPriorityMakesItSooner) {
  std::optional<AccessTier> tier = AccessTier{.tier = Tier::Archive, .set = at(0)};
  EXPECT_TRUE(*set_tier(tier, Tier::Hot, RehydratePriority::Standard, kTimes, at(0)));
  EXPECT_TRUE(*set_tier(tier, Tier::Hot, RehydratePriority::High, kTimes, at(5)));
  EXPECT_EQ(tier->rehydration->ready, at(15));
  EXPECT_TRUE(*set_tier(tier, Tier::Hot, RehydratePriority::Standard, kTimes, at(6)));
  EXPECT_EQ(tier->rehydration->ready, at(15)) << "and is not taken back";
}

// The golden bytes of docs/formats/heads.md.
TEST(AccessTier, IsKeptAsSaid) {
  const AccessTier plain{.tier = Tier::Cool, .set = from_micros(1)};
  const AccessTier pending{.tier = Tier::Archive,
                           .set = from_micros(1),
                           .rehydration = Rehydration{Tier::Hot, from_micros(2), RehydratePriority::High}};
  EXPECT_EQ(to_hex(plain.encode()), "830101f6");
  EXPECT_EQ(to_hex(pending.encode()), "83030183000201");
  EXPECT_EQ(*AccessTier::decode(plain.encode()), plain);
  EXPECT_EQ(*AccessTier::decode(pending.encode()), pending);
  for (auto wrong : {"830401f6", "83030183000202", "8301f6", ""})
    EXPECT_EQ(AccessTier::decode(*from_hex(wrong)).error().code, Code::Corrupt) << wrong;
}

}  // namespace
}  // namespace vitrine::blobs
