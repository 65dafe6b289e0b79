// The documents of List Containers and List Blobs.
// Source: Azure Storage REST, "List Containers", "List Blobs".
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "operations/blob_requests.h"
#include "operations/containers.h"

namespace vitrine::azure::blob {

/// What the listing's document repeats of its request.
struct ListingRequest {
  std::string service_endpoint;  ///< the account's address as the client wrote it, ending in '/'
  std::string prefix;
  std::string marker;
  std::string delimiter;            ///< blobs only
  std::optional<std::size_t> most;  ///< maxresults, when sent
  bool include_metadata = false;
  bool include_tags = false;
  bool include_copy = false;
  bool include_policy = false;
  bool include_legal_hold = false;
};

/// Leases are told as of `now`, here and below.
std::string write_container_page(const operations::ContainerPage& page, const ListingRequest& request,
                                 Timestamp now);
std::string write_blob_page(const operations::BlobPage& page, const ListingRequest& request,
                            const blobs::ContainerName& container, Timestamp now);

}  // namespace vitrine::azure::blob
