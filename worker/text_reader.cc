#include "worker/text_reader.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "worker/findings.h"
#include "worker/library_edge.h"
#include "worker/reading_order.h"

namespace vitrine::worker {
namespace {

constexpr float kLeastConfidence = 0.6f;
constexpr double kLeastSide = 4;
// A line this many times as tall as wide is written from top to bottom.
constexpr double kIsVertical = 1.5;

/// The line cut out of the picture and straightened; turned if it runs from top to bottom. Empty if
/// it is too small to be read.
cv::Mat straightened(const cv::Mat& picture, const LineQuad& quad) {
  auto width = std::max(cv::norm(quad[0] - quad[1]), cv::norm(quad[3] - quad[2]));
  auto height = std::max(cv::norm(quad[0] - quad[3]), cv::norm(quad[1] - quad[2]));
  if (width < kLeastSide || height < kLeastSide) return {};
  auto right = static_cast<float>(width), bottom = static_cast<float>(height);
  LineQuad target{cv::Point2f{0, 0}, {right, 0}, {right, bottom}, {0, bottom}};
  cv::Mat out;
  cv::warpPerspective(picture, out, cv::getPerspectiveTransform(quad.data(), target.data()),
                      {static_cast<int>(width), static_cast<int>(height)}, cv::INTER_CUBIC,
                      cv::BORDER_REPLICATE);
  if (height >= width * kIsVertical) cv::rotate(out, out, cv::ROTATE_90_COUNTERCLOCKWISE);
  return out;
}

Point inside(cv::Point2f at, const cv::Mat& picture) {
  auto whole = [](float value, int most) {
    return static_cast<std::uint32_t>(std::lround(std::clamp(value, 0.0f, static_cast<float>(most))));
  };
  return {whole(at.x, picture.cols), whole(at.y, picture.rows)};
}

/// The corners of the part of a line between two fractions of its length.
Quad part_of(const LineQuad& line, bool is_vertical, float begin, float end, const cv::Mat& picture) {
  auto between = [&](cv::Point2f from, cv::Point2f to, float at) {
    return inside(from + (to - from) * at, picture);
  };
  const auto& [a, b, c, d] = line;
  if (is_vertical)
    return {between(a, d, begin), between(b, c, begin), between(b, c, end), between(a, d, end)};
  return {between(a, b, begin), between(a, b, end), between(d, c, end), between(d, c, begin)};
}

TextLine as_text_line(const ReadLine& read, const LineQuad& quad, const cv::Mat& picture) {
  auto is_vertical = cv::norm(quad[0] - quad[3]) >= cv::norm(quad[0] - quad[1]) * kIsVertical;
  TextLine out{read.text, permille(read.confidence), part_of(quad, false, 0, 1, picture), {}};
  for (const auto& word : read.words)
    out.words.push_back(
        {word.text, permille(word.confidence), part_of(quad, is_vertical, word.begin, word.end, picture)});
  return out;
}

}  // namespace

Result<TextReader> TextReader::load(const std::string& models) {
  auto finder = TRY(TextFinder::load(models));
  return TextReader(std::move(finder), TRY(TextRecognizer::load(models)));
}

Result<std::vector<TextLine>> TextReader::read(const cv::Mat& picture) {
  return at_library_edge("Reading text", [&]() -> Result<std::vector<TextLine>> {
    std::vector<TextLine> out;
    for (const auto& quad : TRY(finder_.find(picture))) {
      auto cut = straightened(picture, quad);
      if (cut.empty()) continue;
      auto read = TRY(recognizer_.read(cut));
      if (!read.words.empty() && read.confidence > kLeastConfidence)
        out.push_back(as_text_line(read, quad, picture));
    }
    return in_reading_order(std::move(out));
  });
}

}  // namespace vitrine::worker
