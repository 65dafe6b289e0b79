// What is missing from a journal, held against what its own records say of it.
#pragma once

#include <array>
#include <cstdint>

#include "evidence/erasure.h"
#include "evidence/record.h"

namespace vitrine::evidence {

/// The action of a record that tells of an erasure: its blob field names the records, its version field the
/// facets, its content root is the order's digest. (docs/formats/record.md)
inline constexpr std::string_view kEraseAction = "journal.erase";

/// Of one that tells that records were dropped because they were kept long enough: its blob field names all
/// that are, "0-511".
inline constexpr std::string_view kExpireAction = "journal.expire";

/// Follows a journal from its first record.
class StatedGaps {
 public:
  /// A record that is there.
  void follow(const ShownRecord& record, std::uint64_t index);
  /// One of which only the hash is.
  void follow_missing(std::uint64_t index);

  [[nodiscard]] std::uint64_t closed(FacetKind kind) const { return count(closed_[at(kind)]); }
  /// Of those, in how many no record of an erasure says that it is closed.
  [[nodiscard]] std::uint64_t closed_unstated(FacetKind kind) const;

  [[nodiscard]] std::uint64_t missing() const { return count(missing_); }
  /// Those that no record says are dropped.
  [[nodiscard]] RecordRanges missing_unstated() const;

 private:
  static constexpr std::size_t at(FacetKind kind) { return static_cast<std::size_t>(kind); }
  void take_statement(const What& what);

  /// By FacetKind.
  std::array<RecordRanges, kFacets> closed_{};
  std::array<RecordRanges, kFacets> stated_{};
  RecordRanges missing_;
  std::uint64_t dropped_below_ = 0;
};

}  // namespace vitrine::evidence
