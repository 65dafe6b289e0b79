// What List Containers and List Blobs are asked.
#pragma once

#include "azure/blob/call.h"
#include "azure/blob/listing_xml.h"

namespace vitrine::azure::blob {

/// A page never holds more.
inline constexpr std::size_t kMostListed = 5000;

/// A listing's parameters: those that the answer repeats, and what else is to be listed.
struct AskedListing {
  ListingRequest request;
  std::size_t most = kMostListed;
  bool include_uncommitted = false;
};

/// Includes of what this server never has (snapshots, versions, deleted, …) are taken: they change no answer.
/// Errors: InvalidQueryParameterValue, OutOfRangeQueryParameterValue.
Result<AskedListing> parse_listing(const Call& call);

}  // namespace vitrine::azure::blob
