// Covering faces so that nothing of them is left.
#pragma once

#include <vector>

#include "worker/protocol/image.h"

namespace cv {
class Mat;
}

namespace vitrine::worker {

/// Covers every face, with a margin around it, by a patch of one colour (the region's own mean) whose
/// edge fades into the picture outside of that margin. Inside the margin the result depends on the
/// face by these three numbers only: there is nothing that sharpening could bring back.
void cover_faces(cv::Mat& picture, const std::vector<FoundFace>& faces);

}  // namespace vitrine::worker
