// Every committed segment in the order of where it lies.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/error.h"
#include "store/segment_reader.h"

namespace vitrine::store {

class Database;

/// The segments of one extent that are not empty, by their offsets.
struct ExtentContents {
  std::uint64_t extent = 0;
  std::vector<PlacedSegment> segments;
};

/// What becomes of a row that cannot be read: its segment lies somewhere, but nobody can tell where.
enum class UnreadableRows : std::uint8_t {
  Refuse,  ///< Corrupt
  Skip,    ///< for who goes over the rows anyway and tells of it
};

/// The rows are ordered by random ids, so they are gone through once to count and once more for each window
/// of extents: memory is bounded, whatever there is. Each pass sees one state of the table.
class SegmentsByPlace {
 public:
  /// So many segments are held at a time, or those of one extent if they are more.
  static constexpr std::size_t kWindow = std::size_t{1} << 19;

  /// Extents from number `from` on. The database must outlive this.
  explicit SegmentsByPlace(const Database& database, std::uint64_t from = 0, std::size_t window = kWindow,
                           UnreadableRows unreadable = UnreadableRows::Refuse)
      : database_(database), next_(from), window_(window), unreadable_(unreadable) {}

  /// The next extent that has segments; nothing after the last. Errors: DeviceFailed, Corrupt.
  [[nodiscard]] Result<std::optional<ExtentContents>> next();

 private:
  template <class Look>
  Result<void> each_segment(const Look& look) const;
  [[nodiscard]] Result<std::uint64_t> end_of_window() const;
  [[nodiscard]] Result<void> load();

  const Database& database_;
  std::uint64_t next_;  ///< the first extent of the next window
  const std::size_t window_;
  const UnreadableRows unreadable_;
  std::deque<ExtentContents> loaded_;
  bool at_end_ = false;
};

}  // namespace vitrine::store
