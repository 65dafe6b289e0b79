#include "worker/text_recognizer.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <sstream>

#include "worker/library_edge.h"

namespace vitrine::worker {
namespace {

constexpr int kHeight = 48;
constexpr int kLeastWidth = 16;
constexpr int kMostWidth = 3200;
constexpr std::size_t kNoCharacter = 0;
const Normalisation kNormalisation{
    ChannelOrder::BlueGreenRed, {127.5f, 127.5f, 127.5f}, {127.5f, 127.5f, 127.5f}};

/// Collects characters into a word and closes it at a space.
class WordJoiner {
 public:
  void character(const std::string& text, float confidence) {
    if (text == " ") return;
    text_ += text;
    sum_ += confidence;
    ++count_;
  }

  void close(float at, std::vector<ReadWord>& into) {
    if (count_ > 0) into.push_back({std::move(text_), sum_ / static_cast<float>(count_), begin_, at});
    text_.clear();
    sum_ = 0;
    count_ = 0;
    begin_ = at;
  }

 private:
  std::string text_;
  float sum_ = 0;
  std::size_t count_ = 0;
  float begin_ = 0;
};

std::vector<Step> most_likely(const TensorView& output) {
  auto classes = static_cast<std::size_t>(output.shape[2]);
  std::vector<Step> out;
  for (std::size_t at = 0; at + classes <= output.values.size(); at += classes) {
    auto column = output.values.subspan(at, classes);
    auto best = std::ranges::max_element(column);
    out.push_back({static_cast<std::size_t>(best - column.begin()), *best});
  }
  return out;
}

}  // namespace

ReadLine join_steps(const std::vector<Step>& steps, const std::vector<std::string>& characters) {
  ReadLine out;
  WordJoiner word;
  std::size_t last = kNoCharacter, count = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    auto [character, confidence] = steps[i];
    if (character != kNoCharacter && character != last) {
      const auto& text = characters[character];
      out.text += text;
      out.confidence += confidence;
      ++count;
      if (text == " ")
        word.close((static_cast<float>(i) + 0.5f) / static_cast<float>(steps.size()), out.words);
      word.character(text, confidence);
    }
    last = character;
  }
  word.close(1, out.words);
  if (count > 0) out.confidence /= static_cast<float>(count);
  return out;
}

Result<TextRecognizer> TextRecognizer::load(const std::string& models) {
  auto model = TRY(OnnxModel::load(models, "PP-OCRv6_rec_small.onnx"));
  std::vector<std::string> characters{""};
  std::istringstream listed(model.metadata("character"));
  for (std::string character; std::getline(listed, character);) characters.push_back(character);
  if (characters.size() == 1)
    return fail(Code::Unavailable,
                "The text model PP-OCRv6_rec_small.onnx carries no list of its characters: run "
                "`./dev setup`.");
  characters.emplace_back(" ");
  return TextRecognizer(std::move(model), std::move(characters));
}

Result<ReadLine> TextRecognizer::read(const cv::Mat& line) {
  return at_library_edge("Reading text", [&]() -> Result<ReadLine> {
    auto width = std::lround(static_cast<float>(line.cols) * kHeight / static_cast<float>(line.rows));
    cv::Mat scaled;
    cv::resize(line, scaled, {std::clamp(static_cast<int>(width), kLeastWidth, kMostWidth), kHeight}, 0, 0,
               line.rows > kHeight ? cv::INTER_AREA : cv::INTER_CUBIC);
    auto outputs = TRY(model_.run(to_tensor(scaled, kNormalisation)));
    if (outputs.empty() || outputs[0].shape.size() != 3 ||
        static_cast<std::size_t>(outputs[0].shape[2]) > characters_.size())
      return fail(Code::Internal, "The text model does not answer as PP-OCR recognition does.");
    return join_steps(most_likely(outputs[0]), characters_);
  });
}

}  // namespace vitrine::worker
