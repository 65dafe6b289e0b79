// One picture in, insights and perhaps a covered copy out: everything a worker can do.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "worker/face_detector.h"
#include "worker/object_detector.h"
#include "worker/protocol/image.h"
#include "worker/text_reader.h"

namespace vitrine::worker {

struct Analysis {
  ImageInsights insights;
  /// The covered copy if the task asked for one; empty otherwise.
  Bytes redacted;
};

/// Holds every model. For one thread.
class Analyzer {
 public:
  /// Loads the models and uses each once, so that nothing is left to be opened or set up later.
  /// Errors: Unavailable, naming what is missing.
  static Result<Analyzer> load(const std::string& models);

  /// Errors: InvalidInput (not a picture), OutOfRangeInput (beyond the task's limits),
  /// InsufficientStorage (not enough memory), Internal. A covered copy is complete or an error.
  Result<Analysis> analyze(const ImageTask& task, ConstBytes picture);
  [[nodiscard]] std::vector<ModelIdentity> models() const;

 private:
  Analyzer(ObjectDetector objects, TextReader text, FaceDetector faces)
      : objects_(std::move(objects)), text_(std::move(text)), faces_(std::move(faces)) {}
  Result<void> warm_up();

  ObjectDetector objects_;
  TextReader text_;
  FaceDetector faces_;
};

}  // namespace vitrine::worker
