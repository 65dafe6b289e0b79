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

Result<PlacedSegment> placed_segment(ConstBytes key, ConstBytes value) {
  PlacedSegment segment;
  if (key.size() != segment.id.size())
    return fail(Code::Corrupt, "A segment's row does not have an id as its key.");
  const auto row = TRY(read_segment_row(value));
  std::ranges::copy(key, segment.id.begin());
  segment.location = row.location;
  segment.length = row.length;
  segment.epoch = row.epoch;
  segment.digest = row.digest;
  return segment;
}

}  // namespace

/// Calls `look` with each segment that lies in an extent from the next one on.
template <class Look>
Result<void> SegmentsByPlace::each_segment(const Look& look) const {
  const auto cursor = database_.cursor(Family::Segments, {}, {});
  for (cursor->seek({}); cursor->valid(); cursor->next()) {
    const auto segment = placed_segment(as_bytes(cursor->key()), as_bytes(cursor->value()));
    if (!segment && unreadable_ == UnreadableRows::Refuse) return std::unexpected(segment.error());
    if (segment && segment->length != 0 && segment->location.extent >= next_) look(*segment);
  }
  return cursor->status();
}

Result<std::uint64_t> SegmentsByPlace::end_of_window() const {
  std::map<std::uint64_t, std::size_t> counts;
  TRY(each_segment([&](const auto& segment) { ++counts[segment.location.extent]; }));
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
  TRY(each_segment([&](const auto& segment) {
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
