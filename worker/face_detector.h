// Faces, in order to cover them: where they are, never whose.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "worker/findings.h"
#include "worker/onnx_model.h"

namespace vitrine::worker {

/// CenterFace. Errs on the side of finding too many: a covered ornament is a flaw, a bare face a harm.
class FaceDetector {
 public:
  /// Reads centerface.onnx. Errors: Unavailable, naming what is missing.
  static Result<FaceDetector> load(const std::string& models);

  /// By falling confidence. Pictures are looked at in several sizes: shrunk for faces that fill them,
  /// in tiles for small ones. Errors: InsufficientStorage, Internal.
  Result<std::vector<FoundFace>> detect(const cv::Mat& picture);
  [[nodiscard]] const ModelIdentity& model() const { return model_.identity(); }

 private:
  explicit FaceDetector(OnnxModel model) : model_(std::move(model)) {}
  Result<void> look_at(const cv::Mat& picture, float scale, std::vector<Candidate>& found);
  Result<void> look_at_tile(const cv::Mat& tile, float left, float top, float scale,
                            std::vector<Candidate>& found);

  OnnxModel model_;
};

}  // namespace vitrine::worker
