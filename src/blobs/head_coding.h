// What the heads' encodings share.
#pragma once

#include <optional>

#include "base/cbor.h"
#include "blobs/container.h"
#include "blobs/moment.h"

namespace vitrine::blobs {

void write_metadata(CborWriter& writer, const Metadata& metadata);
/// Errors: Corrupt.
Result<Metadata> read_metadata(CborReader& reader);

void write_attributes(CborWriter& writer, const Attributes& attributes);
/// Errors: Corrupt.
Result<Attributes> read_attributes(CborReader& reader);

/// A byte string of exactly as many bytes as the array has. Errors: Corrupt.
template <std::size_t N>
Result<std::array<std::uint8_t, N>> read_array(CborReader& reader) {
  auto bytes = TRY(reader.bytes(N));
  std::array<std::uint8_t, N> out;
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

inline Result<Timestamp> read_time(CborReader& reader) {
  return from_micros(TRY(reader.integer()));
}
/// Null for none.
inline void write_moment(CborWriter& writer, const std::optional<Moment>& moment) {
  if (moment)
    writer.unsigned_int(moment->ticks());
  else
    writer.null();
}
inline Result<std::optional<Moment>> read_moment(CborReader& reader) {
  if (reader.skip_null()) return std::optional<Moment>();
  return std::optional(Moment::from_ticks(TRY(reader.unsigned_int())));
}
inline Result<ETag> read_etag(CborReader& reader) {
  return ETag::from_number(TRY(reader.unsigned_int()));
}

}  // namespace vitrine::blobs
