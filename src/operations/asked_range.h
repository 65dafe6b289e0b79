// The part of a blob that a request names.
#pragma once

#include <cstdint>
#include <optional>

#include "blobs/body_reader.h"

namespace vitrine::operations {

/// As in a Range header: both ends inclusive, the last one may be open.
struct AskedRange {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> last;
};

/// What it names of a blob of so many bytes (RFC 9110 §14.1.2): cut at the blob's end; all of it when nothing
/// was asked for. Errors: InvalidRange.
Result<blobs::ByteRange> cut(const std::optional<AskedRange>& asked, std::uint64_t size);

}  // namespace vitrine::operations
