// What is missing from a journal, held against what its own records say of it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "evidence/erasure.h"
#include "evidence/record.h"

namespace vitrine::evidence {

/// The action of a record that tells of an erasure: its blob field names the records, its version field the
/// facets, its content root is the order's digest. (docs/formats/record.md)
inline constexpr std::string_view kEraseAction = "journal.erase";

/// Of one that tells that records were dropped because they were kept long enough: its blob field names all
/// that are, "0-511".
inline constexpr std::string_view kExpireAction = "journal.expire";

/// An erasure that a record of a journal tells of.
struct StatedErasure {
  std::uint64_t index = 0;    ///< of the record that tells of it
  std::uint64_t records = 0;  ///< how many were erased from
  ErasedFacets facets;
  Digest order{};  ///< order_digest()
};

/// Indexes of records that have something in common, in memory of a known bound.
class IndexList {
 public:
  /// What is behind so many ranges is counted and not kept.
  static constexpr std::size_t kMostRanges = 250'000;

  /// Behind all that are there.
  void add(std::uint64_t index);
  /// Those that are kept: up to kMostRanges.
  [[nodiscard]] const RecordRanges& kept() const { return kept_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] bool is_full() const { return kept_.size() >= kMostRanges; }

 private:
  RecordRanges kept_;
  std::uint64_t count_ = 0;
};

/// Records that are not there.
struct MissingRecords {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t count = 0;
};

/// Follows a journal from its first record. A record counts as a statement only when it is what the server
/// writes: permitted, and of records before it alone. One that says that records were dropped is by the
/// system and names all from the first on, in whole bundles; one of an erasure names at most kMostErased
/// records, none of which is a statement itself, and has the digest of that very order. What does not count
/// excuses nothing.
///
/// Needs at most 100 MB whatever the journal is: of gaps and statements of which there are too many to be
/// kept, the gaps count as not stated.
class StatedGaps {
 public:
  /// So many erasures are told apart.
  static constexpr std::size_t kMostErasures = 100'000;

  /// A record that is there.
  void follow(const ShownRecord& record, std::uint64_t index);
  /// One of which only the hash is.
  void follow_missing(std::uint64_t index);

  [[nodiscard]] std::uint64_t closed(FacetKind kind) const { return closed_[at(kind)].count(); }
  /// Of those, in how many no record of an erasure says that it is closed.
  [[nodiscard]] std::uint64_t closed_unstated(FacetKind kind) const;

  [[nodiscard]] std::uint64_t missing() const { return missing_.count(); }
  /// Those that no record says are dropped.
  [[nodiscard]] std::optional<MissingRecords> missing_unstated() const;

  /// In the order of their records.
  [[nodiscard]] const std::vector<StatedErasure>& erasures() const { return erasures_; }

 private:
  static constexpr std::size_t at(FacetKind kind) { return static_cast<std::size_t>(kind); }
  void take_erasure(const ShownRecord& record, const What& what, std::uint64_t index);
  [[nodiscard]] bool names_statements(const RecordRanges& records) const;
  bool keep(const RecordRanges& records, FacetKind kind);

  /// By FacetKind.
  std::array<IndexList, kFacets> closed_{};
  std::array<RecordRanges, kFacets> stated_{};
  IndexList statements_;  // records that tell of erasures or of what was dropped
  std::vector<StatedErasure> erasures_;
  IndexList missing_;
  std::uint64_t last_missing_ = 0;
  std::uint64_t dropped_below_ = 0;
};

}  // namespace vitrine::evidence
