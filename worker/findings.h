// From what detectors compute, in fractions of pixels, to findings inside a picture.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "worker/protocol/image.h"

namespace vitrine::worker {

/// A detector's candidate: a rectangle that may reach beyond the picture.
struct Candidate {
  float left = 0;
  float top = 0;
  float right = 0;
  float bottom = 0;
  /// 0 to 1.
  float confidence = 0;
  /// What it is, as an index; candidates of different classes do not compete.
  std::size_t class_index = 0;
};

/// The share of the area of both that two candidates have in common: 0 (apart) to 1 (equal).
float overlap(const Candidate& a, const Candidate& b);

/// The candidates by falling confidence, without those that overlap a better one of their class by
/// `most_overlap` or more (greedy non-maximum suppression).
std::vector<Candidate> keep_best(std::vector<Candidate> candidates, float most_overlap);

/// The part of the candidate inside a picture of that size, in whole pixels; absent if there is none.
std::optional<Box> box_inside(const Candidate& candidate, std::uint32_t width, std::uint32_t height);

/// 0.1234 is 123; clamped to 0 and 1000.
Permille permille(float confidence);

}  // namespace vitrine::worker
