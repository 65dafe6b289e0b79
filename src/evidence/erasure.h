// That two people had facets erased from records of a journal. (docs/formats/public-log.md)
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "evidence/approval.h"
#include "evidence/record.h"
#include "evidence/record_ranges.h"

namespace vitrine::evidence {

/// Which facets are erased: why and outcome stay as long as the record.
struct ErasedFacets {
  bool who = false;
  bool what = false;
  bool operator==(const ErasedFacets&) const = default;

  [[nodiscard]] bool none() const { return !who && !what; }
  [[nodiscard]] bool contains(FacetKind kind) const;
};

/// "who", "what" or "who,what", as records say it, and back. Errors: InvalidInput.
std::string to_text(const ErasedFacets& facets);
Result<ErasedFacets> parse_facets(std::string_view text);

/// What exactly is to be erased, and by what right: for those who know the journal.
struct ErasureOrder {
  JournalId journal;
  RecordRanges records;
  ErasedFacets facets;
  /// The legal ground, for people; not empty, at most 1,000 bytes.
  std::string ground;
};

inline constexpr std::size_t kMostGround = 1000;
inline constexpr std::uint64_t kMostErased = 10'000;

/// How far an agreement may be from when it is put on record: one that was made for a day is not used on
/// another.
inline constexpr std::chrono::hours kAgreementHolds{1};

/// SHA-256 of CBOR ["vitrine-erasure-order-v1", journal id, [[first, last] …], who, what, ground]. The
/// journal id is random and not public, so nobody else can guess at the rest.
Digest order_digest(const ErasureOrder& order);

/// What the public log says of it.
struct Erasure {
  std::uint64_t slot = 0;
  /// How many: 1 to kMostErased.
  std::uint64_t records = 0;
  /// At least one.
  ErasedFacets facets;
  /// order_digest().
  Digest order{};
  /// When the two agreed to it: before the entry was made.
  std::chrono::sys_seconds agreed;
  /// Of two different people, over erasure_statement().
  Approvals approvals{};
  bool operator==(const Erasure&) const = default;
};

/// Without approvals.
Erasure make_erasure(std::uint64_t slot, const ErasureOrder& order, std::chrono::sys_seconds agreed);

/// What the two sign: CBOR ["vitrine-erasure-v1", log's origin, slot, records, who, what, order, agreed].
Bytes erasure_statement(std::string_view origin, const Erasure& erasure);
/// Errors: VerificationFailed when one did not sign it, or both are the same.
Result<void> check_approvals(std::string_view origin, const Erasure& erasure);

}  // namespace vitrine::evidence
