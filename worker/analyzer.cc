#include "worker/analyzer.h"

#include <fmt/format.h>

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

template <class T>
void shorten(std::vector<T>& findings) {
  if (findings.size() > kMaxFindings) findings.resize(kMaxFindings);
}

}  // namespace

Result<Analyzer> Analyzer::load(const std::string& models) {
  cv::setNumThreads(0);
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
  cv::Mat drawn(64, 256, CV_8UC3, cv::Scalar::all(255));
  cv::putText(drawn, "Ready", {8, 48}, cv::FONT_HERSHEY_SIMPLEX, 1.5, cv::Scalar::all(0), 3);
  ImageTask everything{{true, true, true}, true, {}};
  for (auto format : kPictureFormats) TRY(analyze(everything, TRY(encode_picture({drawn, format}))));
  return {};
}

}  // namespace vitrine::worker
