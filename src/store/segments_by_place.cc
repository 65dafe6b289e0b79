#include "store/segments_by_place.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "store/database.h"
#include "store/encoding.h"

namespace vitrine::store {
namespace {

constexpr auto kNoEnd = std::numeric_limits<std::uint64_t>::max();

/// Calls `look` with each segment that lies in an extent from `from` on.
template <class Look>
Result<void> each_segment(const Database& database, std::uint64_t from, const Look& look) {
  const auto cursor = database.cursor(Family::Segments, {}, {});
  for (cursor->seek({}); cursor->valid(); cursor->next()) {
    PlacedSegment segment;
    if (cursor->key().size() != segment.id.size()) continue;
    const auto row = read_segment_row(as_bytes(cursor->value()));
    if (!row || row->length == 0 || row->location.extent < from) continue;
    std::ranges::copy(as_bytes(cursor->key()), segment.id.begin());
    segment.location = row->location;
    segment.length = row->length;
    look(segment);
  }
  return cursor->status();
}

}  // namespace

Result<std::uint64_t> SegmentsByPlace::end_of_window() const {
  std::map<std::uint64_t, std::size_t> counts;
  TRY(each_segment(database_, next_, [&](const auto& segment) { ++counts[segment.location.extent]; }));
  std::size_t held = 0;
  for (const auto& [extent, count] : counts) {
    if (held > 0 && held + count > window_) return extent;
    held += count;
  }
  return kNoEnd;
}

Result<void> SegmentsByPlace::load() {
  const auto end = TRY(end_of_window());
  std::vector<PlacedSegment> segments;
  TRY(each_segment(database_, next_, [&](const auto& segment) {
    if (segment.location.extent < end) segments.push_back(segment);
  }));
  std::ranges::sort(segments, {}, [](const auto& segment) {
    return std::pair(segment.location.extent, segment.location.offset);
  });
  for (auto& segment : segments) {
    if (loaded_.empty() || loaded_.back().extent != segment.location.extent)
      loaded_.push_back({segment.location.extent, {}});
    loaded_.back().segments.push_back(segment);
  }
  next_ = end;
  at_end_ = end == kNoEnd;
  return {};
}

Result<std::optional<ExtentContents>> SegmentsByPlace::next() {
  while (loaded_.empty() && !at_end_) TRY(load());
  if (loaded_.empty()) return std::nullopt;
  auto contents = std::move(loaded_.front());
  loaded_.pop_front();
  return contents;
}

}  // namespace vitrine::store
