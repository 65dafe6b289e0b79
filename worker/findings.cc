#include "worker/findings.h"

#include <algorithm>
#include <cmath>

namespace vitrine::worker {
namespace {

float area(float left, float top, float right, float bottom) {
  return std::max(0.0f, right - left) * std::max(0.0f, bottom - top);
}

float area(const Candidate& c) {
  return area(c.left, c.top, c.right, c.bottom);
}

std::uint32_t pixel(float at, std::uint32_t most) {
  if (!(at > 0)) return 0;
  return at >= static_cast<float>(most) ? most : static_cast<std::uint32_t>(std::lround(at));
}

}  // namespace

float overlap(const Candidate& a, const Candidate& b) {
  auto common = area(std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right),
                     std::min(a.bottom, b.bottom));
  auto united = area(a) + area(b) - common;
  return united > 0 ? common / united : 0;
}

std::vector<Candidate> keep_best(std::vector<Candidate> candidates, float most_overlap) {
  std::ranges::sort(candidates, std::ranges::greater{}, &Candidate::confidence);
  std::vector<Candidate> kept;
  for (const auto& candidate : candidates) {
    auto is_beaten = std::ranges::any_of(kept, [&](const Candidate& better) {
      return better.class_index == candidate.class_index && overlap(better, candidate) >= most_overlap;
    });
    if (!is_beaten) kept.push_back(candidate);
  }
  return kept;
}

std::optional<Box> box_inside(const Candidate& candidate, std::uint32_t width, std::uint32_t height) {
  auto left = pixel(candidate.left, width), right = pixel(candidate.right, width);
  auto top = pixel(candidate.top, height), bottom = pixel(candidate.bottom, height);
  if (left >= right || top >= bottom) return std::nullopt;
  return Box{left, top, right - left, bottom - top};
}

Permille permille(float confidence) {
  return static_cast<Permille>(std::lround(std::clamp(confidence, 0.0f, 1.0f) * 1000));
}

}  // namespace vitrine::worker
