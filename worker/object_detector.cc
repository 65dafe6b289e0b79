#include "worker/object_detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <opencv2/imgproc.hpp>

#include "worker/findings.h"
#include "worker/library_edge.h"

namespace vitrine::worker {
namespace {

constexpr int kSide = 416;
constexpr std::size_t kClasses = 80;
// A box's four distances from its cell, each a distribution over 0 to 10 strides.
constexpr std::size_t kBins = 11;
constexpr std::size_t kDistances = 4 * kBins;
constexpr float kMostOverlap = 0.6f;
const Normalisation kNormalisation{
    ChannelOrder::BlueGreenRed, {103.53f, 116.28f, 123.675f}, {57.375f, 57.12f, 58.395f}};

Result<std::vector<std::string>> read_labels(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> labels;
  for (std::string line; std::getline(file, line);) labels.push_back(line);
  if (labels.size() != kClasses)
    return fail(Code::Unavailable,
                fmt::format("The names of the object classes, {}, are missing or damaged: run "
                            "`./dev setup`.",
                            path));
  return labels;
}

/// The mean of a distribution given as logits.
float expected(std::span<const float> logits) {
  auto most = *std::ranges::max_element(logits);
  float sum = 0, weighted = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    auto weight = std::exp(logits[i] - most);
    sum += weight;
    weighted += weight * static_cast<float>(i);
  }
  return weighted / sum;
}

/// One level of the pyramid: a square grid of cells with a score for each class and a box.
void collect(std::span<const float> scores, std::span<const float> boxes, float least_confidence,
             std::vector<Candidate>& out) {
  auto cells = scores.size() / kClasses;
  auto columns = static_cast<std::size_t>(std::lround(std::sqrt(cells)));
  auto stride = static_cast<float>(kSide) / static_cast<float>(columns);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    auto classes = scores.subspan(cell * kClasses, kClasses);
    auto best = std::ranges::max_element(classes);
    if (*best < least_confidence) continue;
    auto row = cell / columns;
    auto x = (static_cast<float>(cell % columns) + 0.5f) * stride;
    auto y = (static_cast<float>(row) + 0.5f) * stride;
    std::array<float, 4> distance{};
    for (std::size_t side = 0; side < distance.size(); ++side)
      distance[side] = expected(boxes.subspan(cell * kDistances + side * kBins, kBins)) * stride;
    out.push_back({x - distance[0], y - distance[1], x + distance[2], y + distance[3], *best,
                   static_cast<std::size_t>(best - classes.begin())});
  }
}

/// Scores and boxes of one level have as many rows; there are three levels in no fixed order.
Result<std::vector<Candidate>> candidates(const std::vector<TensorView>& outputs, float least_confidence) {
  std::vector<Candidate> out;
  std::size_t levels = 0;
  for (const auto& scores : outputs)
    for (const auto& boxes : outputs)
      if (scores.shape.at(2) == kClasses && boxes.shape.at(2) == kDistances &&
          scores.shape[1] == boxes.shape[1]) {
        collect(scores.values, boxes.values, least_confidence, out);
        ++levels;
      }
  if (levels == 0) return fail(Code::Internal, "The object model does not answer as NanoDet does.");
  return out;
}

}  // namespace

Result<ObjectDetector> ObjectDetector::load(const std::string& models) {
  auto labels = TRY(read_labels(models + "/coco_classes.txt"));
  return ObjectDetector(TRY(OnnxModel::load(models, "nanodet.onnx")), std::move(labels));
}

Result<std::vector<FoundObject>> ObjectDetector::detect(const cv::Mat& picture, float least_confidence) {
  return at_library_edge("Finding objects", [&]() -> Result<std::vector<FoundObject>> {
    cv::Mat small;
    cv::resize(picture, small, {kSide, kSide}, 0, 0, cv::INTER_AREA);
    auto outputs = TRY(model_.run(to_tensor(small, kNormalisation)));
    auto width = static_cast<std::uint32_t>(picture.cols), height = static_cast<std::uint32_t>(picture.rows);
    auto scale_x = static_cast<float>(width) / kSide, scale_y = static_cast<float>(height) / kSide;
    std::vector<FoundObject> out;
    for (auto found : keep_best(TRY(candidates(outputs, least_confidence)), kMostOverlap)) {
      found.left *= scale_x, found.right *= scale_x, found.top *= scale_y, found.bottom *= scale_y;
      auto box = box_inside(found, width, height);
      if (box) out.push_back({labels_[found.class_index], permille(found.confidence), *box});
    }
    return out;
  });
}

}  // namespace vitrine::worker
