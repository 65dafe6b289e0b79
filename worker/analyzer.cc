#include "worker/analyzer.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "worker/face_cover.h"
#include "worker/library_edge.h"
#include "worker/picture.h"

namespace vitrine::worker {
namespace {

/// Covers the faces in place and encodes what is left.
Result<Bytes> redact(Picture& picture, const std::vector<FoundFace>& faces, const ImageLimits& limits) {
  TRY(at_library_edge("Covering faces", [&]() -> Result<void> {
    cover_faces(picture.pixels, faces);
    return {};
  }));
  auto encoded = TRY(encode_picture(picture));
  if (encoded.size() > limits.max_redacted_bytes)
    return fail(Code::OutOfRangeInput,
                fmt::format("The covered picture has {} bytes; at most {} are allowed.", encoded.size(),
                            limits.max_redacted_bytes));
  return encoded;
}

/// One thread only, and memory that is taken from the kernel once instead of anew for each layer of a
/// network: page faults cost as much as the arithmetic otherwise.
void settle_process() {
  constexpr int kKeptBytes = 128 << 20;
  ::mallopt(M_MMAP_MAX, 0);
  ::mallopt(M_TRIM_THRESHOLD, kKeptBytes);
  cv::setNumThreads(0);
}

template <class T>
void shorten(std::vector<T>& findings) {
  if (findings.size() > kMaxFindings) findings.resize(kMaxFindings);
}

}  // namespace

Result<Analyzer> Analyzer::load(const std::string& models) {
  settle_process();
  auto objects = TRY(ObjectDetector::load(models));
  auto text = TRY(TextReader::load(models));
  Analyzer out(std::move(objects), std::move(text), TRY(FaceDetector::load(models)));
  TRY(out.warm_up());
  return out;
}

Result<Analysis> Analyzer::analyze(const ImageTask& task, ConstBytes file) {
  auto picture = TRY(decode_picture(file, task.limits.max_pixels));
  Analysis out;
  auto& insights = out.insights;
  insights.width = static_cast<std::uint32_t>(picture.pixels.cols);
  insights.height = static_cast<std::uint32_t>(picture.pixels.rows);
  if (task.features.objects) {
    insights.objects = TRY(objects_.detect(picture.pixels));
    insights.models.push_back(objects_.model());
  }
  if (task.features.text) {
    insights.lines = TRY(text_.read(picture.pixels));
    std::ranges::copy(text_.models(), std::back_inserter(insights.models));
  }
  if (task.features.faces || task.blur_faces) {
    insights.faces = TRY(faces_.detect(picture.pixels));
    insights.models.push_back(faces_.model());
  }
  if (task.blur_faces) {
    out.redacted = TRY(redact(picture, insights.faces, task.limits));
    insights.redacted = Redacted{std::string(media_type(picture.format)), out.redacted.size()};
  }
  shorten(insights.objects);
  shorten(insights.faces);
  return out;
}

std::vector<ModelIdentity> Analyzer::models() const {
  std::vector<ModelIdentity> out{objects_.model()};
  std::ranges::copy(text_.models(), std::back_inserter(out));
  out.push_back(faces_.model());
  return out;
}

Result<void> Analyzer::warm_up() {
  return at_library_edge("Preparing the worker", [&]() -> Result<void> {
    (void)cv::getNumberOfCPUs();  // read from a file once, then remembered
    Picture drawn{{480, 640, CV_8UC3, cv::Scalar::all(255)}, {}};
    cv::putText(drawn.pixels, "Ready", {100, 240}, cv::FONT_HERSHEY_SIMPLEX, 5, cv::Scalar::all(0), 9);
    for (auto format : kPictureFormats) {
      drawn.format = format;
      TRY(decode_picture(TRY(encode_picture(drawn)), ImageLimits{}.max_pixels));
    }
    TRY(analyze({{true, true, true}, true, {}}, TRY(encode_picture(drawn))));
    cover_faces(drawn.pixels, {{1000, {100, 100, 300, 300}}});
    return {};
  });
}

}  // namespace vitrine::worker
