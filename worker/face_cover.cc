#include "worker/face_cover.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace vitrine::worker {
namespace {

// Shares of the box's size, added on each side: fully covered, and then fading out.
constexpr double kMargin = 0.15;
constexpr double kFading = 0.08;

cv::Rect grown(const Box& box, double share, cv::Size picture) {
  auto dx = static_cast<int>(std::ceil(box.width * share)),
       dy = static_cast<int>(std::ceil(box.height * share));
  cv::Rect out(static_cast<int>(box.x) - dx, static_cast<int>(box.y) - dy,
               static_cast<int>(box.width) + 2 * dx, static_cast<int>(box.height) + 2 * dy);
  return out & cv::Rect({0, 0}, picture);
}

void cover(cv::Mat& picture, const Box& face) {
  auto covered = grown(face, kMargin, picture.size());
  auto touched = grown(face, kMargin + kFading, picture.size());
  auto colour = cv::mean(picture(covered));

  // The mosaic's one tile, then softened at its edge; the blur never reaches into `covered`, which is
  // filled last.
  cv::Mat patch = picture(touched);
  cv::Mat softened = patch.clone();
  cv::Rect core = covered - touched.tl();
  softened(core).setTo(colour);
  auto reach = std::max(1, static_cast<int>(std::min(face.width, face.height) * kFading)) * 2 + 1;
  cv::GaussianBlur(softened, patch, {reach, reach}, 0);
  patch(core).setTo(colour);
}

}  // namespace

void cover_faces(cv::Mat& picture, const std::vector<FoundFace>& faces) {
  for (const auto& face : faces) cover(picture, face.box);
}

}  // namespace vitrine::worker
