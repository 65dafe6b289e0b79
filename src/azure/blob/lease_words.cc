#include "azure/blob/lease_words.h"

namespace vitrine::azure::blob {
namespace {

std::string_view word(blobs::LeaseState state) {
  switch (state) {
    case blobs::LeaseState::Available:
      return "available";
    case blobs::LeaseState::Leased:
      return "leased";
    case blobs::LeaseState::Breaking:
      return "breaking";
    case blobs::LeaseState::Broken:
      return "broken";
    case blobs::LeaseState::Expired:
      return "expired";
  }
  return "available";
}

}  // namespace

LeaseWords lease_words(const blobs::Attributes& attributes, Timestamp now) {
  // Whoever looked the head up has decoded it already.
  const auto lease = blobs::attribute<blobs::Lease>(attributes).value_or(std::nullopt);
  const auto state = blobs::state_of(lease, now);
  if (!blobs::is_locked(state)) return {.status = "unlocked", .state = word(state), .duration = {}};
  // A lease that is being broken has no duration any more.
  if (state == blobs::LeaseState::Breaking) return {.status = "locked", .state = word(state), .duration = {}};
  return {.status = "locked", .state = word(state), .duration = lease->duration ? "fixed" : "infinite"};
}

}  // namespace vitrine::azure::blob
