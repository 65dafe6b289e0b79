// Everyday objects in pictures: the 80 classes of COCO, by NanoDet.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "worker/onnx_model.h"

namespace vitrine::worker {

class ObjectDetector {
 public:
  /// Reads nanodet.onnx and coco_classes.txt. Errors: Unavailable, naming what is missing.
  static Result<ObjectDetector> load(const std::string& models);

  /// By falling confidence; nothing below `least_confidence` (0 to 1).
  /// Errors: InsufficientStorage, Internal.
  Result<std::vector<FoundObject>> detect(const cv::Mat& picture, float least_confidence = kLeastConfidence);
  [[nodiscard]] const ModelIdentity& model() const { return model_.identity(); }

  /// Where tags reach their best F1 (docs/decisions/models.md).
  static constexpr float kLeastConfidence = 0.3f;

 private:
  ObjectDetector(OnnxModel model, std::vector<std::string> labels)
      : model_(std::move(model)), labels_(std::move(labels)) {}

  OnnxModel model_;
  std::vector<std::string> labels_;
};

}  // namespace vitrine::worker
