// What a line of writing says.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "worker/onnx_model.h"

namespace vitrine::worker {

/// A part of a line's text and where along the line it stands: 0 is the line's beginning, 1 its end.
struct ReadWord {
  std::string text;
  float confidence = 0;
  float begin = 0;
  float end = 0;
};

struct ReadLine {
  std::string text;
  /// Mean over its characters, 0 to 1.
  float confidence = 0;
  std::vector<ReadWord> words;
};

/// One column of the network's output: the most likely character, where 0 is none.
struct Step {
  std::size_t character = 0;
  float confidence = 0;
};

/// Joins steps to text (CTC: repetitions count once, 0 separates), words at spaces.
/// `characters[i]` is the UTF-8 of character i; every step's character must be below its size.
ReadLine join_steps(const std::vector<Step>& steps, const std::vector<std::string>& characters);

/// PP-OCRv6 recognition: Latin, Chinese, Japanese and more scripts, in one model.
class TextRecognizer {
 public:
  /// Reads PP-OCRv6_rec_small.onnx, which carries its characters. Errors: Unavailable.
  static Result<TextRecognizer> load(const std::string& models);

  /// Reads an upright line cut out of a picture. Errors: InsufficientStorage, Internal.
  Result<ReadLine> read(const cv::Mat& line);
  [[nodiscard]] const ModelIdentity& model() const { return model_.identity(); }

 private:
  TextRecognizer(OnnxModel model, std::vector<std::string> characters)
      : model_(std::move(model)), characters_(std::move(characters)) {}

  OnnxModel model_;
  std::vector<std::string> characters_;
};

}  // namespace vitrine::worker
