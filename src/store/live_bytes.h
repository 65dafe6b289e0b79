// What lives in extents, counted anew from the rows of segments: the counters only repeat it.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "base/error.h"

namespace vitrine::store {

class Database;

/// A counter of live bytes that is not the sum of its extent's segments.
struct WrongLiveBytes {
  std::uint64_t extent = 0;
  std::uint64_t expected = 0;         ///< by the rows of segments
  std::optional<std::int64_t> found;  ///< nothing: there is no counter
};

struct LiveBytesRecount {
  std::vector<WrongLiveBytes> wrong;  ///< by extent
  std::uint64_t bytes_read = 0;
};

/// Compares all counters with the rows as of one moment, whatever is committed meanwhile; holds two numbers
/// for each extent. A row that cannot be read may be of any extent: then only counters that are too low are
/// wrong. Errors: DeviceFailed, Corrupt, Unavailable.
Result<LiveBytesRecount> recount_live_bytes(const Database& database);

/// Those of the extents that the row of a segment names. Errors: as above; Corrupt also for a row that cannot
/// be read, because it may name any.
Result<std::set<std::uint64_t>> extents_with_segments(const Database& database,
                                                      const std::set<std::uint64_t>& extents);

}  // namespace vitrine::store
