// What a program that holds the operator's key says.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace vitrine::keys {

/// The key in an answer of the key command (docs/formats/keys.md), 1 to 16,384 bytes. Errors: Unavailable,
/// with what the program says against it, or that its answer is none.
Result<Bytes> read_key_answer(std::string_view line);

}  // namespace vitrine::keys
