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

/// Follows a journal from its first record.
class StatedGaps {
 public:
  /// A record that is there.
  void follow(const ShownRecord& record, std::uint64_t index);

  [[nodiscard]] std::uint64_t closed(FacetKind kind) const { return count(closed_[at(kind)]); }
  /// Of those, in how many no record of an erasure says that it is closed.
  [[nodiscard]] std::uint64_t closed_unstated(FacetKind kind) const;

 private:
  static constexpr std::size_t at(FacetKind kind) { return static_cast<std::size_t>(kind); }
  void take_statement(const What& what);

  /// By FacetKind.
  std::array<RecordRanges, kFacets> closed_{};
  std::array<RecordRanges, kFacets> stated_{};
};

}  // namespace vitrine::evidence
