#include "worker/findings.h"

#include <gtest/gtest.h>

#include <limits>

namespace vitrine::worker {
namespace {

TEST(Findings, OverlapIsTheSharedPartOfTheUnitedArea) {
  Candidate a{0, 0, 10, 10};
  EXPECT_FLOAT_EQ(overlap(a, a), 1);
  EXPECT_FLOAT_EQ(overlap(a, {5, 0, 15, 10}), 50.0f / 150);
  EXPECT_FLOAT_EQ(overlap(a, {10, 0, 20, 10}), 0);
  EXPECT_FLOAT_EQ(overlap({1, 1, 1, 1}, {1, 1, 1, 1}), 0);
}

TEST(Findings, TheBestOfOverlappingCandidatesOfAClassIsKept) {
  auto kept = keep_best(
      {{0, 0, 10, 10, 0.5f, 1}, {1, 0, 11, 10, 0.9f, 1}, {1, 0, 11, 10, 0.4f, 2}, {50, 0, 60, 10, 0.7f, 1}},
      0.5f);
  ASSERT_EQ(kept.size(), 3u);
  EXPECT_FLOAT_EQ(kept[0].confidence, 0.9f);
  EXPECT_FLOAT_EQ(kept[1].confidence, 0.7f);
  EXPECT_EQ(kept[2].class_index, 2u);
}

TEST(Findings, BoxesAreCutToThePicture) {
  EXPECT_EQ(box_inside({-5, 2.4f, 7.6f, 500}, 100, 50), (Box{0, 2, 8, 48}));
  EXPECT_EQ(box_inside({100, 0, 110, 10}, 100, 50), std::nullopt);
  EXPECT_EQ(box_inside({5, 5, 5.2f, 10}, 100, 50), std::nullopt);
  auto nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(box_inside({nan, nan, nan, nan}, 100, 50), std::nullopt);
}

TEST(Findings, ConfidencesAreThousandths) {
  EXPECT_EQ(permille(0.1234f), 123);
  EXPECT_EQ(permille(-1), 0);
  EXPECT_EQ(permille(1.5f), 1000);
}

}  // namespace
}  // namespace vitrine::worker
