// Text forms of bytes: hexadecimal and base64 (RFC 4648).
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace vitrine {

/// Lower-case hexadecimal.
std::string to_hex(ConstBytes bytes);
/// Either case. Errors: InvalidInput.
Result<Bytes> from_hex(std::string_view text);

/// RFC 4648 §4, padded.
std::string to_base64(ConstBytes bytes);
/// RFC 4648 §4, padded, canonical: what to_base64 would not produce is refused. Errors: InvalidInput.
Result<Bytes> from_base64(std::string_view text);

}  // namespace vitrine
