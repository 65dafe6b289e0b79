#include "worker/tensor.h"

#include <opencv2/core/mat.hpp>

namespace vitrine::worker {

Tensor to_tensor(const cv::Mat& picture, const Normalisation& normalisation) {
  auto rows = static_cast<std::size_t>(picture.rows), columns = static_cast<std::size_t>(picture.cols);
  Tensor out{{1, 3, picture.rows, picture.cols}, std::vector<float>(3 * rows * columns)};
  for (std::size_t channel = 0; channel < 3; ++channel) {
    auto source = normalisation.order == ChannelOrder::BlueGreenRed ? channel : 2 - channel;
    auto scale = 1 / normalisation.deviation[channel];
    auto offset = -normalisation.mean[channel] * scale;
    auto* plane = out.values.data() + channel * rows * columns;
    for (std::size_t y = 0; y < rows; ++y) {
      const auto* row = picture.ptr<std::uint8_t>(static_cast<int>(y));
      for (std::size_t x = 0; x < columns; ++x)
        plane[y * columns + x] = static_cast<float>(row[3 * x + source]) * scale + offset;
    }
  }
  return out;
}

}  // namespace vitrine::worker
