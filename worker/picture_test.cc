#include "worker/picture.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

namespace vitrine::worker {
namespace {

constexpr int kWidth = 40;
constexpr int kHeight = 20;
constexpr std::uint32_t kEnough = 1'000'000;

/// White, with a dark upper left quarter.
Picture drawn(PictureFormat format) {
  Picture out{{kHeight, kWidth, CV_8UC3, cv::Scalar::all(255)}, format};
  out.pixels(cv::Rect(0, 0, kWidth / 2, kHeight / 2)).setTo(cv::Scalar::all(0));
  return out;
}

bool is_dark(const Picture& picture, int x, int y) {
  return picture.pixels.at<cv::Vec3b>(y, x)[0] < 100;
}

/// An EXIF segment that says how the picture is to be turned (TIFF tag 0x0112), put in after the
/// JPEG's first marker.
Bytes with_orientation(const Bytes& jpeg, std::uint8_t orientation) {
  const std::uint8_t exif[] = {0xff, 0xe1, 0, 34, 'E', 'x',         'i', 'f', 0,    0,    'M', 'M',
                               0,    42,   0, 0,  0,   8,           0,   1,   0x01, 0x12, 0,   3,
                               0,    0,    0, 1,  0,   orientation, 0,   0,   0,    0,    0,   0};
  Bytes out(jpeg.begin(), jpeg.begin() + 2);
  append(out, exif);
  append(out, ConstBytes(jpeg).subspan(2));
  return out;
}

TEST(Picture, EveryFormatIsWrittenAndReadBack) {
  for (auto format : kPictureFormats) {
    auto file = encode_picture(drawn(format));
    ASSERT_TRUE(file) << media_type(format);
    auto header = read_picture_header(*file);
    ASSERT_TRUE(header) << media_type(format);
    EXPECT_EQ(header->format, format);
    EXPECT_EQ(header->width, static_cast<std::uint32_t>(kWidth)) << media_type(format);
    EXPECT_EQ(header->height, static_cast<std::uint32_t>(kHeight)) << media_type(format);
    auto picture = decode_picture(*file, kEnough);
    ASSERT_TRUE(picture) << media_type(format);
    EXPECT_TRUE(is_dark(*picture, 2, 2)) << media_type(format);
    EXPECT_FALSE(is_dark(*picture, 30, 15)) << media_type(format);
  }
}

TEST(Picture, IsTurnedUprightAndTheCopySaysNothingOfIt) {
  auto jpeg = encode_picture(drawn(PictureFormat::Jpeg));
  ASSERT_TRUE(jpeg);
  auto picture = decode_picture(with_orientation(*jpeg, 6), kEnough);  // 6: turn clockwise
  ASSERT_TRUE(picture) << picture.error().message;
  EXPECT_EQ(picture->pixels.cols, kHeight);
  EXPECT_TRUE(is_dark(*picture, kHeight - 2, 2));
  auto copy = encode_picture(*picture);
  ASSERT_TRUE(copy);
  EXPECT_EQ(as_text(*copy).find("Exif"), std::string_view::npos);
}

TEST(Picture, AHeaderBeyondTheLimitIsRefusedBeforeDecoding) {
  auto png = encode_picture(drawn(PictureFormat::Png));
  ASSERT_TRUE(png);
  auto refused = decode_picture(*png, kWidth * kHeight - 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::OutOfRangeInput);
  EXPECT_TRUE(decode_picture(*png, kWidth * kHeight));
}

TEST(Picture, WhatIsNoPictureIsRefused) {
  constexpr std::string_view kNone[] = {"",
                                        "\xff\xd8\xff",
                                        "\x89PNG\r\n\x1a\n",
                                        "BM",
                                        "GIF89a",
                                        "just text",
                                        std::string_view("II*\0\xff\xff\xff\xff", 8)};
  for (auto none : kNone)
    EXPECT_EQ(decode_picture(as_bytes(none), kEnough).error().code, Code::InvalidInput) << none;
}

TEST(Picture, EveryShortenedPictureIsDecodedOrRefused) {
  for (auto format : kPictureFormats) {
    auto file = encode_picture(drawn(format));
    ASSERT_TRUE(file);
    for (std::size_t size = 0; size < file->size(); size += 7)
      (void)decode_picture(ConstBytes(*file).first(size), kEnough).has_value();
  }
}

}  // namespace
}  // namespace vitrine::worker
