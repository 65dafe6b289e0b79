// A lease as answers speak of it.
// Source: Azure Storage REST, "Get Blob Properties", "List Blobs": x-ms-lease-state, LeaseState.
#pragma once

#include <string_view>

#include "blobs/lease.h"

namespace vitrine::azure::blob {

struct LeaseWords {
  std::string_view status;    ///< "locked", "unlocked"
  std::string_view state;     ///< "available", "leased", "breaking", "broken", "expired"
  std::string_view duration;  ///< "infinite" or "fixed" while a lease holds, otherwise empty
};
LeaseWords lease_words(const blobs::Attributes& attributes, Timestamp now);

}  // namespace vitrine::azure::blob
