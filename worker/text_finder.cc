#include "worker/text_finder.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "worker/library_edge.h"

namespace vitrine::worker {
namespace {

// Pixels of the longer side: smaller pictures are enlarged, larger ones shrunk.
constexpr float kLeastSide = 700;
constexpr float kMostSide = 1600;
constexpr int kGranularity = 32;
constexpr float kIsWriting = 0.3f;
constexpr double kLeastMean = 0.5;
constexpr float kLeastHeight = 3;
// The network marks the core of a line only: area × ratio / perimeter is how far its edge is.
constexpr float kGrowth = 1.6f;
const Normalisation kNormalisation{
    ChannelOrder::BlueGreenRed, {123.675f, 116.28f, 103.53f}, {58.395f, 57.12f, 57.375f}};

cv::Size network_size(const cv::Mat& picture) {
  auto longer = static_cast<float>(std::max(picture.cols, picture.rows));
  auto scale = std::clamp(longer, kLeastSide, kMostSide) / longer;
  auto fit = [&](int side) {
    auto steps = std::lround(static_cast<float>(side) * scale / kGranularity);
    return std::max(1, static_cast<int>(steps)) * kGranularity;
  };
  return {fit(picture.cols), fit(picture.rows)};
}

/// The mean of the map inside an outline.
double mean_inside(const cv::Mat& map, const std::vector<cv::Point>& outline) {
  auto around = cv::boundingRect(outline);
  cv::Mat mask = cv::Mat::zeros(around.size(), CV_8U);
  cv::fillPoly(mask, std::vector<std::vector<cv::Point>>{outline}, cv::Scalar(255), cv::LINE_8, 0,
               -around.tl());
  return cv::mean(map(around), mask)[0];
}

cv::RotatedRect grown(cv::RotatedRect line) {
  auto distance = line.size.area() * kGrowth / (2 * (line.size.width + line.size.height));
  line.size.width += 2 * distance;
  line.size.height += 2 * distance;
  return line;
}

LineQuad corners_in_order(const cv::RotatedRect& line) {
  LineQuad p;
  line.points(p.data());
  std::ranges::sort(p, {}, &cv::Point2f::x);
  if (p[0].y > p[1].y) std::swap(p[0], p[1]);
  if (p[2].y > p[3].y) std::swap(p[2], p[3]);
  return {p[0], p[2], p[3], p[1]};
}

std::vector<LineQuad> lines_of(const cv::Mat& map, float scale_x, float scale_y) {
  cv::Mat writing = map > kIsWriting;
  std::vector<std::vector<cv::Point>> outlines;
  cv::findContours(writing, outlines, cv::RETR_LIST, cv::CHAIN_APPROX_SIMPLE);
  std::vector<LineQuad> out;
  for (const auto& outline : outlines) {
    if (outline.size() < 4 || out.size() == kMaxFindings) continue;
    auto line = cv::minAreaRect(outline);
    if (std::min(line.size.width, line.size.height) < kLeastHeight) continue;
    if (mean_inside(map, outline) < kLeastMean) continue;
    auto quad = corners_in_order(grown(line));
    for (auto& corner : quad) corner = {corner.x * scale_x, corner.y * scale_y};
    out.push_back(quad);
  }
  return out;
}

}  // namespace

Result<TextFinder> TextFinder::load(const std::string& models) {
  return TextFinder(TRY(OnnxModel::load(models, "PP-OCRv6_det_small.onnx")));
}

Result<std::vector<LineQuad>> TextFinder::find(const cv::Mat& picture) {
  return at_library_edge("Finding text", [&]() -> Result<std::vector<LineQuad>> {
    auto size = network_size(picture);
    cv::Mat scaled;
    cv::resize(picture, scaled, size);
    auto outputs = TRY(model_.run(to_tensor(scaled, kNormalisation)));
    if (outputs.empty() || outputs[0].values.size() != static_cast<std::size_t>(size.area()))
      return fail(Code::Internal, "The text model does not answer as PP-OCR detection does.");
    cv::Mat map(size, CV_32F, const_cast<float*>(outputs[0].values.data()));
    return lines_of(map, static_cast<float>(picture.cols) / static_cast<float>(size.width),
                    static_cast<float>(picture.rows) / static_cast<float>(size.height));
  });
}

}  // namespace vitrine::worker
