// The order in which a person reads lines of writing.
#pragma once

#include <vector>

#include "worker/protocol/image.h"

namespace vitrine::worker {

/// Rows from top to bottom, each from left to right. Lines belong to one row if the middle of one lies
/// within the height of the row's first.
std::vector<TextLine> in_reading_order(std::vector<TextLine> lines);

}  // namespace vitrine::worker
