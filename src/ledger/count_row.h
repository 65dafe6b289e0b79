// Rows of the State table that hold one number: CBOR, an unsigned integer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/cbor.h"

namespace vitrine::ledger {

inline std::string encode_count(std::uint64_t count) {
  CborWriter writer;
  writer.unsigned_int(count);
  return std::string(as_text(writer.view()));
}

/// Errors: Corrupt.
inline Result<std::uint64_t> decode_count(std::string_view row) {
  CborReader reader(as_bytes(row));
  const auto count = TRY(reader.unsigned_int());
  TRY(reader.end());
  return count;
}

}  // namespace vitrine::ledger
