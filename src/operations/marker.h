// Where a listing goes on.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace vitrine::operations {

/// The opaque form of the name at which the next page begins. It stays good whatever is written meanwhile.
std::string encode_marker(std::string_view next_name);
/// Errors: OutOfRangeInput for text that encode_marker did not make.
Result<std::string> decode_marker(std::string_view marker);

}  // namespace vitrine::operations
