#include "worker/face_detector.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "worker/library_edge.h"

namespace vitrine::worker {
namespace {

constexpr float kLeastConfidence = 0.2f;
constexpr float kMostOverlap = 0.3f;
// The network halves its input five times and answers for every fourth pixel.
constexpr int kGranularity = 32;
constexpr float kStride = 4;
// Pixels of the longer side: a glance for large faces, the closest look at all, and what one run takes.
constexpr int kGlanceSide = 640;
constexpr int kCloseSide = 4096;
constexpr int kTileSide = 1280;
// Tiles share at least this much, so that a face that one of them cuts is whole in the next.
constexpr int kTileOverlap = 160;
const Normalisation kNormalisation{.order = ChannelOrder::RedGreenBlue};

int rounded_up(int size) {
  return (size + kGranularity - 1) / kGranularity * kGranularity;
}

/// Where tiles begin along a side: evenly spread, the last one ending with the side.
std::vector<int> tile_starts(int side) {
  if (side <= kTileSide) return {0};
  auto steps = (side - kTileOverlap + kTileSide - kTileOverlap - 1) / (kTileSide - kTileOverlap) - 1;
  std::vector<int> out;
  for (int i = 0; i <= steps; ++i) out.push_back((side - kTileSide) * i / steps);
  return out;
}

/// The network's maps of one run, cell by cell: how much it is a face's centre, and the face's size.
struct Maps {
  std::span<const float> heat;
  std::span<const float> size;
  std::span<const float> offset;
  std::size_t columns = 0;
  std::size_t cells = 0;

  [[nodiscard]] Candidate candidate(std::size_t cell) const {
    auto row = cell / columns;
    auto height = std::exp(size[cell]) * kStride, width = std::exp(size[cells + cell]) * kStride;
    auto y = (static_cast<float>(row) + offset[cell] + 0.5f) * kStride;
    auto x = (static_cast<float>(cell % columns) + offset[cells + cell] + 0.5f) * kStride;
    return {x - width / 2, y - height / 2, x + width / 2, y + height / 2, heat[cell], 0};
  }
};

Result<Maps> maps_of(const std::vector<TensorView>& outputs) {
  if (outputs.size() < 3 || outputs[0].shape.size() != 4 ||
      outputs[1].values.size() != 2 * outputs[0].values.size() ||
      outputs[2].values.size() != outputs[1].values.size())
    return fail(Code::Internal, "The face model does not answer as CenterFace does.");
  return Maps{outputs[0].values, outputs[1].values, outputs[2].values,
              static_cast<std::size_t>(outputs[0].shape[3]), outputs[0].values.size()};
}

}  // namespace

Result<FaceDetector> FaceDetector::load(const std::string& models) {
  return FaceDetector(TRY(OnnxModel::load(models, "centerface.onnx")));
}

Result<std::vector<FoundFace>> FaceDetector::detect(const cv::Mat& picture) {
  return at_library_edge("Finding faces", [&]() -> Result<std::vector<FoundFace>> {
    auto longer = static_cast<float>(std::max(picture.cols, picture.rows));
    std::vector<Candidate> found;
    TRY(look_at(picture, std::min(1.0f, kCloseSide / longer), found));
    if (longer > kTileSide) TRY(look_at(picture, kTileSide / longer, found));
    if (longer > 2 * kGlanceSide) TRY(look_at(picture, kGlanceSide / longer, found));
    std::vector<FoundFace> out;
    for (const auto& face : keep_best(std::move(found), kMostOverlap)) {
      auto box = box_inside(face, static_cast<std::uint32_t>(picture.cols),
                            static_cast<std::uint32_t>(picture.rows));
      if (box) out.push_back({permille(face.confidence), *box});
    }
    return out;
  });
}

Result<void> FaceDetector::look_at(const cv::Mat& picture, float scale, std::vector<Candidate>& found) {
  cv::Mat scaled = picture;
  if (scale < 1) cv::resize(picture, scaled, {}, scale, scale, cv::INTER_AREA);
  for (int top : tile_starts(scaled.rows))
    for (int left : tile_starts(scaled.cols)) {
      cv::Rect part(left, top, std::min(kTileSide, scaled.cols), std::min(kTileSide, scaled.rows));
      TRY(look_at_tile(scaled(part), static_cast<float>(left), static_cast<float>(top), scale, found));
    }
  return {};
}

Result<void> FaceDetector::look_at_tile(const cv::Mat& tile, float left, float top, float scale,
                                        std::vector<Candidate>& found) {
  cv::Mat padded;
  cv::copyMakeBorder(tile, padded, 0, rounded_up(tile.rows) - tile.rows, 0, rounded_up(tile.cols) - tile.cols,
                     cv::BORDER_CONSTANT);
  auto maps = TRY(maps_of(TRY(model_.run(to_tensor(padded, kNormalisation)))));
  for (std::size_t cell = 0; cell < maps.cells; ++cell) {
    if (!(maps.heat[cell] > kLeastConfidence)) continue;
    auto face = maps.candidate(cell);
    found.push_back({(face.left + left) / scale, (face.top + top) / scale, (face.right + left) / scale,
                     (face.bottom + top) / scale, face.confidence, 0});
  }
  return {};
}

}  // namespace vitrine::worker
