// Numbers as models take and give them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace cv {
class Mat;
}

namespace vitrine::worker {

using Shape = std::vector<std::int64_t>;

struct Tensor {
  Shape shape;
  std::vector<float> values;
};

/// Somebody else's numbers, for as long as they say.
struct TensorView {
  Shape shape;
  std::span<const float> values;
};

enum class ChannelOrder : std::uint8_t { BlueGreenRed, RedGreenBlue };

/// How a model wants its pixels: (value - mean) / deviation for each channel, in its order, where
/// values are 0 to 255.
struct Normalisation {
  ChannelOrder order = ChannelOrder::BlueGreenRed;
  std::array<float, 3> mean{0, 0, 0};
  std::array<float, 3> deviation{1, 1, 1};
};

/// A picture (8 bits of blue, green, red) as a tensor of 1 × 3 × height × width.
Tensor to_tensor(const cv::Mat& picture, const Normalisation& normalisation);

}  // namespace vitrine::worker
