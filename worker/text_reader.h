// Writing in pictures: found, read, and put in order.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "worker/text_finder.h"
#include "worker/text_recognizer.h"

namespace vitrine::worker {

class TextReader {
 public:
  /// Errors: Unavailable, naming what is missing.
  static Result<TextReader> load(const std::string& models);

  /// The lines in reading order, without those that are guessed rather than read.
  /// Errors: InsufficientStorage, Internal.
  Result<std::vector<TextLine>> read(const cv::Mat& picture);
  [[nodiscard]] std::vector<ModelIdentity> models() const { return {finder_.model(), recognizer_.model()}; }

 private:
  TextReader(TextFinder finder, TextRecognizer recognizer)
      : finder_(std::move(finder)), recognizer_(std::move(recognizer)) {}

  TextFinder finder_;
  TextRecognizer recognizer_;
};

}  // namespace vitrine::worker
