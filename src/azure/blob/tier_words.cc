#include "azure/blob/tier_words.h"

#include <algorithm>

namespace vitrine::azure::blob {
namespace {

constexpr std::string_view kPriority = "x-ms-rehydrate-priority";

/// "rehydrate-pending-to-cool".
std::string status_of(blobs::Tier to) {
  std::string status(name(to));
  status.front() = static_cast<char>(status.front() + ('a' - 'A'));
  return "rehydrate-pending-to-" + status;
}

}  // namespace

Result<std::optional<blobs::Tier>> parse_tier(const http::Headers& headers) {
  const auto text = headers.get(kTierHeader).value_or("");
  if (text.empty()) return std::nullopt;
  return TRY(blobs::parse_tier(text));
}

Result<blobs::RehydratePriority> parse_priority(const http::Headers& headers) {
  const auto text = headers.get(kPriority).value_or("Standard");
  if (http::equal_ignoring_case(text, "Standard")) return blobs::RehydratePriority::Standard;
  if (http::equal_ignoring_case(text, "High")) return blobs::RehydratePriority::High;
  return fail(Code::InvalidHeaderValue, "The header x-ms-rehydrate-priority is neither Standard nor High.");
}

Result<void> refuse_tier(const http::Headers& headers) {
  const auto tier = TRY(parse_tier(headers));
  if (!tier || *tier == blobs::Tier::Hot) return {};
  return fail(Code::InvalidBlobTier, "Only block blobs have access tiers.");
}

TierWords tier_words(const blobs::Attributes& attributes, Timestamp now) {
  const auto found = blobs::attribute<blobs::AccessTier>(attributes);
  const auto tier = found ? tier_at(*found, now) : std::nullopt;
  if (!tier) return {.tier = name(blobs::Tier::Hot), .set = {}, .archive_status = {}, .priority = {}};
  TierWords words{.tier = name(tier->tier), .set = tier->set, .archive_status = {}, .priority = {}};
  if (!tier->rehydration) return words;
  words.archive_status = status_of(tier->rehydration->to);
  words.priority = tier->rehydration->priority == blobs::RehydratePriority::High ? "High" : "Standard";
  return words;
}

}  // namespace vitrine::azure::blob
