// Conditional requests: what must hold of a blob or container for an operation to go on.
// Source: Azure Storage REST, "Specifying conditional headers for Blob service operations"; RFC 9110 §13.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "blobs/etag.h"
#include "blobs/lease.h"
#include "blobs/tag_expression.h"

namespace vitrine::blobs {

/// The value of If-Match or If-None-Match: `*`, or tags, quoted or bare.
class ETagList {
 public:
  /// Errors: InvalidHeaderValue for an empty list or member.
  static Result<ETagList> parse(std::string_view text);

  [[nodiscard]] bool is_any() const { return any_; }
  [[nodiscard]] std::size_t size() const { return tags_.size(); }
  /// Whether the tag itself is in the list; `*` lists none.
  [[nodiscard]] bool lists(ETag etag) const;

 private:
  bool any_ = false;
  std::vector<std::string> tags_;  // without quotation marks
};

/// The conditions of one request; absent ones hold.
struct Conditions {
  std::optional<ETagList> if_match;
  std::optional<ETagList> if_none_match;
  std::optional<Timestamp> if_modified_since;
  std::optional<Timestamp> if_unmodified_since;
  std::optional<LeaseId> lease{};
  std::optional<TagExpression> if_tags{};  ///< of a blob
};

/// What ETag and time conditions mean to an operation.
enum class Precondition : std::uint8_t {
  OfRead,
  OfWrite,   ///< changes what exists
  OfCreate,  ///< may bring it into being: Put Blob, Put Block List, copy destinations
};
/// What a lease means to it.
enum class LeaseUse : std::uint8_t {
  Ignored,   ///< operations on leases themselves
  Compared,  ///< if a lease is named, it must be the one that holds
  Needed,    ///< where a lease holds, it must be named, too
};
/// Whose lease it is.
enum class Leased : std::uint8_t { Blob, Container };

/// The operation that the conditions guard.
struct Guarded {
  Precondition precondition;
  LeaseUse lease;
  Leased leased = Leased::Blob;
};
inline constexpr Guarded kReadBlob{Precondition::OfRead, LeaseUse::Compared};
inline constexpr Guarded kWriteBlob{Precondition::OfWrite, LeaseUse::Needed};
inline constexpr Guarded kCreateBlob{Precondition::OfCreate, LeaseUse::Needed};
inline constexpr Guarded kLeaseBlob{Precondition::OfWrite, LeaseUse::Ignored};
/// These take nothing away from a lease's holder.
inline constexpr Guarded kSnapshotBlob{Precondition::OfWrite, LeaseUse::Compared};
inline constexpr Guarded kTierBlob{Precondition::OfWrite, LeaseUse::Compared};
inline constexpr Guarded kReadContainer{Precondition::OfRead, LeaseUse::Compared, Leased::Container};
inline constexpr Guarded kWriteContainer{Precondition::OfWrite, LeaseUse::Compared, Leased::Container};
inline constexpr Guarded kDeleteContainer{Precondition::OfWrite, LeaseUse::Needed, Leased::Container};
inline constexpr Guarded kLeaseContainer{Precondition::OfWrite, LeaseUse::Ignored, Leased::Container};

/// What the conditions are held against.
struct State {
  ETag etag;
  Timestamp last_modified;
  LeaseState lease_state = LeaseState::Available;
  LeaseId lease{};                         ///< unless the state is Available
  const Attributes* attributes = nullptr;  ///< with the tags of a blob; outlives this
};

/// Judges all conditions against the current state, or against absence; nothing when they hold, otherwise the
/// code to answer. Times compare to the second. Tags that cannot be read are Corrupt.
std::optional<Code> judge(const Conditions& conditions, Guarded operation, const std::optional<State>& state);

/// The same, with a sentence.
Result<void> check(const Conditions& conditions, Guarded operation, const std::optional<State>& state);

}  // namespace vitrine::blobs
