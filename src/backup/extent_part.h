// The segments of one extent that one backup copied (docs/formats/backup.md).
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "store/segment.h"

namespace vitrine::backup {

/// A segment in a part: its stored bytes follow those of the one before.
struct PartEntry {
  store::SegmentId id{};
  std::uint64_t offset = 0;  ///< in the extent
  std::uint64_t length = 0;  ///< as stored

  friend bool operator==(const PartEntry&, const PartEntry&) = default;
};

/// What a part begins with.
struct PartIndex {
  std::uint64_t extent = 0;
  std::vector<PartEntry> entries{};  ///< by their offsets; none overlaps the next

  friend bool operator==(const PartIndex&, const PartIndex&) = default;

  [[nodiscard]] Bytes encode() const;
  /// Of the whole part.
  [[nodiscard]] std::uint64_t part_length() const;

  /// Bytes of the fixed beginning; what it says about how many follow.
  static constexpr std::size_t kHeaderBytes = 32;
  static constexpr std::size_t kEntryBytes = 48;
  /// The bytes of the whole index, told from the first kHeaderBytes of a part of `part_length` bytes.
  /// Errors: Corrupt.
  static Result<std::size_t> encoded_length(ConstBytes header, std::uint64_t part_length);
  /// Errors: Corrupt unless the bytes are the whole index of a part of that length.
  static Result<PartIndex> decode(ConstBytes index, std::uint64_t part_length);
};

}  // namespace vitrine::backup
