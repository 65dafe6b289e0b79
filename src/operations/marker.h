// Where a listing goes on.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace vitrine::operations {

/// Whether the name that a page ends with can be its marker as it stands, which clients of other servers
/// count on: readers of XML neither refuse nor trim it, and it is none of the opaque form.
bool is_plain_marker(std::string_view last_name);
/// Whether the marker is of the opaque form; all others are names.
bool is_encoded_marker(std::string_view marker);

/// The opaque form of the name at which the next page begins. It stays good whatever is written meanwhile.
std::string encode_marker(std::string_view next_name);
/// Errors: OutOfRangeInput for text that encode_marker did not make.
Result<std::string> decode_marker(std::string_view marker);

}  // namespace vitrine::operations
