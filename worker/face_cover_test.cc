#include "worker/face_cover.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

namespace vitrine::worker {
namespace {

constexpr Box kFace{100, 80, 60, 80};

cv::Mat noise(std::uint64_t seed) {
  cv::Mat out(300, 300, CV_8UC3);
  cv::RNG random(seed);
  random.fill(out, cv::RNG::UNIFORM, 0, 256);
  return out;
}

TEST(FaceCover, TheFaceAndItsMarginBecomeOneColour) {
  auto picture = noise(1);
  cover_faces(picture, {{900, kFace}});
  cv::Rect margin(100 - 9, 80 - 12, 60 + 18, 80 + 24);
  cv::Mat covered = picture(margin).clone();
  auto colour = covered.at<cv::Vec3b>(0, 0);
  EXPECT_EQ(cv::countNonZero(covered.reshape(1) != cv::Mat(covered.size(), CV_8UC3, colour).reshape(1)), 0);
}

TEST(FaceCover, NothingOfTheFaceButItsMeanIsLeftAnywhere) {
  auto a = noise(1), b = a.clone();
  cv::Rect face(100, 80, 60, 80);
  // The same pixels in another order: another face of the same mean.
  cv::Mat turned;
  cv::flip(b(face), turned, -1);
  turned.copyTo(b(face));
  ASSERT_GT(cv::norm(a, b, cv::NORM_INF), 0);
  cover_faces(a, {{900, kFace}});
  cover_faces(b, {{900, kFace}});
  EXPECT_EQ(cv::norm(a, b, cv::NORM_INF), 0);
}

TEST(FaceCover, TheRestOfThePictureStaysAndEdgesAreNoProblem) {
  auto before = noise(2), after = before.clone();
  cover_faces(after, {{900, {0, 0, 20, 20}}, {900, {290, 299, 10, 1}}});
  cv::Rect far(60, 60, 150, 150);
  EXPECT_EQ(cv::norm(before(far), after(far), cv::NORM_INF), 0);
  EXPECT_EQ(after.at<cv::Vec3b>(0, 0), after.at<cv::Vec3b>(19, 19));
}

}  // namespace
}  // namespace vitrine::worker
