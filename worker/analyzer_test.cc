// The real models on pictures drawn here. Faces and photographs are in tests/, which may have pictures.
#include "worker/analyzer.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "worker/picture.h"

// What ONNX Runtime allocates once and keeps until the process ends.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libonnxruntime";
}

namespace vitrine::worker {
namespace {

constexpr const char* kModels = "models/cache";

Bytes two_lines() {
  Picture picture{{400, 1100, CV_8UC3, cv::Scalar::all(255)}, PictureFormat::Png};
  auto write = [&](const char* text, cv::Point at) {
    cv::putText(picture.pixels, text, at, cv::FONT_HERSHEY_SIMPLEX, 2, cv::Scalar::all(0), 4, cv::LINE_AA);
  };
  write("Vitrine 2026", {60, 120});
  write("every access leaves a trace", {60, 300});
  auto file = encode_picture(picture);
  EXPECT_TRUE(file);
  return *file;
}

/// Loading takes a second: once for all tests.
Analyzer& analyzer() {
  static auto loaded = Analyzer::load(kModels);
  if (!loaded) throw std::runtime_error(loaded.error().message);
  return *loaded;
}

TEST(Analyzer, ReadsTextInOrderWithItsWordsInPlace) {
  auto analysis = analyzer().analyze({.features = {.text = true}}, two_lines());
  ASSERT_TRUE(analysis) << analysis.error().message;
  const auto& [width, height, objects, lines, faces, models, redacted] = analysis->insights;
  EXPECT_EQ(width, 1100u);
  EXPECT_EQ(height, 400u);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].text, "Vitrine 2026");
  EXPECT_EQ(lines[1].text, "every access leaves a trace");
  ASSERT_EQ(lines[1].words.size(), 5u);
  EXPECT_EQ(lines[1].words[2].text, "leaves");
  for (std::size_t i = 1; i < 5; ++i) EXPECT_LE(lines[1].words[i - 1].quad[1].x, lines[1].words[i].quad[0].x);
  EXPECT_EQ(models.size(), 2u);
  EXPECT_FALSE(redacted);
}

TEST(Analyzer, CoversFacesEvenIfThereAreNone) {
  auto analysis = analyzer().analyze({.blur_faces = true}, two_lines());
  ASSERT_TRUE(analysis) << analysis.error().message;
  ASSERT_TRUE(analysis->insights.redacted);
  EXPECT_EQ(analysis->insights.redacted->media_type, "image/png");
  EXPECT_EQ(analysis->insights.redacted->size, analysis->redacted.size());
  EXPECT_TRUE(decode_picture(analysis->redacted, 1'000'000));
}

TEST(Analyzer, ACopyBeyondTheLimitIsAnErrorAndNotACopy) {
  auto analysis = analyzer().analyze({.blur_faces = true, .limits = {.max_redacted_bytes = 10}}, two_lines());
  ASSERT_FALSE(analysis);
  EXPECT_EQ(analysis.error().code, Code::OutOfRangeInput);
}

TEST(Analyzer, NamesEveryModelByItsDigest) {
  auto models = analyzer().models();
  ASSERT_EQ(models.size(), 4u);
  for (const auto& model : models) EXPECT_NE(model.sha256, ModelIdentity{}.sha256) << model.name;
}

TEST(Analyzer, AMissingModelIsNamed) {
  auto missing = Analyzer::load("nowhere");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::Unavailable);
  EXPECT_NE(missing.error().message.find("nowhere/coco_classes.txt"), std::string::npos)
      << missing.error().message;
}

}  // namespace
}  // namespace vitrine::worker
