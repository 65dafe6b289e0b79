// What List Containers and List Blobs are asked.
#pragma once

#include "azure/blob/addressing.h"
#include "azure/blob/listing_xml.h"
#include "http/message.h"

namespace vitrine::azure::blob {

/// A page never holds more.
inline constexpr std::size_t kMostListed = 5000;

/// A listing's parameters: those that the answer repeats, and what else is to be listed.
struct AskedListing {
  ListingRequest request;
  std::size_t most = kMostListed;
  bool include_uncommitted = false;
  blobs::WalkChoice also{};
  std::string start_from{}, end_before{};  ///< of blobs
};

/// The account's address as the client wrote it, ending in '/'.
std::string service_endpoint(const http::Request& request, const Address& address);

/// maxresults; none when absent. Errors: InvalidQueryParameterValue, OutOfRangeQueryParameterValue for 0.
Result<std::optional<std::size_t>> parse_max_results(std::optional<std::string_view> text);

/// Of the account's containers, or of the blobs of the container that the address names. Includes of what
/// this server never has are taken: they change no answer. Errors:
/// InvalidQueryParameterValue, also for snapshots together with a delimiter; OutOfRangeQueryParameterValue.
Result<AskedListing> parse_listing(const http::Request& request, const Address& address);

}  // namespace vitrine::azure::blob
