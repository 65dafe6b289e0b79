// Access tiers as the wire has them.
// Source: Azure Storage REST, "Set Blob Tier", "Get Blob Properties", "List Blobs".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "blobs/access_tier.h"
#include "http/headers.h"

namespace vitrine::azure::blob {

inline constexpr std::string_view kTierHeader = "x-ms-access-tier";

/// x-ms-access-tier; none when absent or empty. Errors: InvalidHeaderValue.
Result<std::optional<blobs::Tier>> parse_tier(const http::Headers& headers);
/// x-ms-rehydrate-priority; Standard when absent. Errors: InvalidHeaderValue.
Result<blobs::RehydratePriority> parse_priority(const http::Headers& headers);
/// For what has no tier. Errors: InvalidBlobTier.
Result<void> refuse_tier(const http::Headers& headers);

/// What answers say of a block blob's tier.
struct TierWords {
  std::string_view tier;
  std::optional<Timestamp> set;  ///< none: it was never set, and is inferred
  std::string archive_status;    ///< "rehydrate-pending-to-hot" or empty
  std::string_view priority;     ///< of the rehydration, or empty
};
TierWords tier_words(const blobs::Attributes& attributes, Timestamp now);

}  // namespace vitrine::azure::blob
