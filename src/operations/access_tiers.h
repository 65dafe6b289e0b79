// The use case on access tiers; it also fails with PolicyDenied, ContainerNotFound and the store's errors.
// Source: Azure Storage REST, "Set Blob Tier".
#pragma once

#include "operations/blob_requests.h"

namespace vitrine::operations {

struct SetTier {
  BlobRef blob;
  blobs::Tier tier;
  blobs::RehydratePriority priority = blobs::RehydratePriority::Standard;
  blobs::Conditions conditions;
};
/// Changes neither the blob's tag nor its time. Returns whether the blob has to be rehydrated first. Errors:
/// BlobNotFound, InvalidBlobType for another than a block blob, BlobBeingRehydrated, those of conditions.
Task<Result<bool>> set_tier(const Floors& floors, policy::Exchange& exchange, const SetTier& request);

}  // namespace vitrine::operations
