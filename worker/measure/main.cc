// measure-worker MODELS PICTURE…: what the detectors find in pictures and how much processor time each
// takes, one tab-separated finding a line; docs/decisions/models.md says how its figures were made.
//
//   picture FILE WIDTH HEIGHT
//   object  FILE LABEL CONFIDENCE X Y WIDTH HEIGHT      (down to 0.05, for average precision)
//   line    FILE TEXT CONFIDENCE
//   face    FILE CONFIDENCE X Y WIDTH HEIGHT
//   time    FILE objects|text|faces MILLISECONDS
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <opencv2/core.hpp>
#include <string>

#include "worker/face_detector.h"
#include "worker/object_detector.h"
#include "worker/picture.h"
#include "worker/text_reader.h"

namespace vitrine::worker {
namespace {

constexpr float kLeastObjectConfidence = 0.05f;
constexpr std::uint32_t kMaxPixels = 100'000'000;

struct Detectors {
  ObjectDetector objects;
  TextReader text;
  FaceDetector faces;
};

Result<Detectors> load(const std::string& models) {
  auto objects = TRY(ObjectDetector::load(models));
  auto text = TRY(TextReader::load(models));
  return Detectors{std::move(objects), std::move(text), TRY(FaceDetector::load(models))};
}

Bytes read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

double processor_milliseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

template <class Work>
auto timed(const char* path, const char* feature, Work&& work) {
  auto start = processor_milliseconds();
  auto result = work();
  fmt::print("time\t{}\t{}\t{:.1f}\n", path, feature, processor_milliseconds() - start);
  return result;
}

Result<void> measure(const char* path, Detectors& detectors) {
  auto picture = TRY(decode_picture(read_file(path), kMaxPixels)).pixels;
  fmt::print("picture\t{}\t{}\t{}\n", path, picture.cols, picture.rows);
  auto objects =
      timed(path, "objects", [&] { return detectors.objects.detect(picture, kLeastObjectConfidence); });
  for (const auto& [label, confidence, box] : TRY(std::move(objects)))
    fmt::print("object\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", path, label, confidence, box.x, box.y, box.width,
               box.height);
  auto lines = timed(path, "text", [&] { return detectors.text.read(picture); });
  for (const auto& line : TRY(std::move(lines)))
    fmt::print("line\t{}\t{}\t{}\n", path, line.text, line.confidence);
  auto faces = timed(path, "faces", [&] { return detectors.faces.detect(picture); });
  for (const auto& [confidence, box] : TRY(std::move(faces)))
    fmt::print("face\t{}\t{}\t{}\t{}\t{}\t{}\n", path, confidence, box.x, box.y, box.width, box.height);
  return {};
}

}  // namespace
}  // namespace vitrine::worker

int main(int count, char** words) {
  if (count < 3) {
    fmt::print(stderr, "usage: measure-worker MODELS PICTURE...\n");
    return EXIT_FAILURE;
  }
  cv::setNumThreads(0);
  auto detectors = vitrine::worker::load(words[1]);
  if (!detectors) {
    fmt::print(stderr, "{}\n", detectors.error().message);
    return EXIT_FAILURE;
  }
  for (int i = 2; i < count; ++i) {
    auto measured = vitrine::worker::measure(words[i], *detectors);
    if (!measured) fmt::print(stderr, "{}: {}\n", words[i], measured.error().message);
  }
  return EXIT_SUCCESS;
}
