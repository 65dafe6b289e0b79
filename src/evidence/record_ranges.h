// Records of a journal named by their indexes, as text: "4-9,17".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace vitrine::evidence {

/// The records from `first` to `last`, both among them.
struct RecordRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  bool operator==(const RecordRange&) const = default;
};

/// Ascending, with records that are not named in between.
using RecordRanges = std::vector<RecordRange>;

inline constexpr std::size_t kMostRanges = 1000;

std::string to_text(const RecordRanges& ranges);
/// Exactly what to_text() would produce; at most kMostRanges, and an index has at most 18 digits. Errors:
/// InvalidInput.
Result<RecordRanges> parse_ranges(std::string_view text);

/// In order, those that touch or overlap made one.
RecordRanges merged(RecordRanges ranges);
/// How many records they name.
std::uint64_t count(const RecordRanges& ranges);
bool contains(const RecordRanges& ranges, std::uint64_t index);

}  // namespace vitrine::evidence
