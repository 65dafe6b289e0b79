// Where writing is in a picture.
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "worker/onnx_model.h"

namespace vitrine::worker {

/// The corners of one line of writing, in pixels: upper left, upper right, lower right, lower left.
using LineQuad = std::array<cv::Point2f, 4>;

/// PP-OCRv6 detection: a map of how much each pixel is writing, and the lines that stand out of it
/// (differentiable binarization).
class TextFinder {
 public:
  /// Reads PP-OCRv6_det_small.onnx. Errors: Unavailable, naming what is missing.
  static Result<TextFinder> load(const std::string& models);

  /// At most kMaxFindings lines, in no particular order. Errors: InsufficientStorage, Internal.
  Result<std::vector<LineQuad>> find(const cv::Mat& picture);
  [[nodiscard]] const ModelIdentity& model() const { return model_.identity(); }

 private:
  explicit TextFinder(OnnxModel model) : model_(std::move(model)) {}

  OnnxModel model_;
};

}  // namespace vitrine::worker
