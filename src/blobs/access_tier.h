// Access tiers of block blobs: how soon their content is to be had.
// Source: Azure Storage REST, "Set Blob Tier"; "Rehydrate from archive".
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "blobs/attributes.h"

namespace vitrine::blobs {

enum class Tier : std::uint8_t { Hot = 0, Cool = 1, Cold = 2, Archive = 3 };
/// "Hot" and so on.
std::string_view name(Tier tier);
/// In any case. Errors: InvalidHeaderValue.
Result<Tier> parse_tier(std::string_view text);

enum class RehydratePriority : std::uint8_t { Standard = 0, High = 1 };

/// How long it takes until archived content is to be had again.
struct RehydrationTimes {
  std::chrono::minutes standard{15 * 60};
  std::chrono::minutes high{60};
};

/// On its way out of the archive.
struct Rehydration {
  Tier to = Tier::Hot;
  Timestamp ready;
  RehydratePriority priority = RehydratePriority::Standard;
  friend bool operator==(const Rehydration&, const Rehydration&) = default;
};

/// The tier that was asked for; a blob without it is Hot.
struct AccessTier {
  static constexpr std::uint64_t kAttribute = 3;

  Tier tier = Tier::Hot;
  Timestamp set;
  std::optional<Rehydration> rehydration{};  ///< of an archived blob

  /// CBOR [tier, set, null or [to, ready, priority]].
  [[nodiscard]] Bytes encode() const;
  /// Errors: Corrupt.
  static Result<AccessTier> decode(ConstBytes cbor);
  friend bool operator==(const AccessTier&, const AccessTier&) = default;
};

/// As it is now: what has been rehydrated by then is in its new tier.
std::optional<AccessTier> tier_at(const std::optional<AccessTier>& tier, Timestamp now);

/// The content of an archived blob cannot be read, and the blob not be changed. Errors: BlobArchived,
/// BlobBeingRehydrated; Corrupt.
Result<void> check_online(const Attributes& attributes, Timestamp now);

/// Moves to another tier. Returns whether that takes time. A rehydration under way can get a higher priority
/// and nothing else. Errors: BlobBeingRehydrated.
Result<bool> set_tier(std::optional<AccessTier>& tier, Tier to, RehydratePriority priority,
                      const RehydrationTimes& times, Timestamp now);

}  // namespace vitrine::blobs
