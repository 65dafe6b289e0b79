// Use cases on how long a blob is there: immutability policies, legal holds, expiry. Each also fails with
// PolicyDenied, ContainerNotFound, BlobNotFound and the store's errors. None changes the blob's tag or time
// but set_expiry(). Source: Azure Storage REST, "Set Blob Immutability Policy", "Delete Blob Immutability
// Policy", "Set Blob Legal Hold", "Set Blob Expiry".
#pragma once

#include "operations/blob_requests.h"

namespace vitrine::operations {

struct SetImmutabilityPolicy {
  BlobRef blob;
  blobs::ImmutabilityPolicy policy;
  blobs::Conditions conditions{};
};
/// Errors: those of blobs::set_policy() and of conditions.
Task<Result<void>> set_immutability_policy(const Floors& floors, policy::Exchange& exchange,
                                           const SetImmutabilityPolicy& request);

struct DeleteImmutabilityPolicy {
  BlobRef blob;
};
/// Errors: those of blobs::remove_policy().
Task<Result<void>> delete_immutability_policy(const Floors& floors, policy::Exchange& exchange,
                                              const DeleteImmutabilityPolicy& request);

struct SetLegalHold {
  BlobRef blob;
  bool holds = false;
};
Task<Result<void>> set_legal_hold(const Floors& floors, policy::Exchange& exchange,
                                  const SetLegalHold& request);

struct SetExpiry {
  BlobRef blob;
  blobs::AskedExpiry expiry;
  blobs::Conditions conditions{};
};
/// Errors: those of blobs::resolve() and of conditions; BlobImmutableDueToPolicy.
Task<Result<Changed>> set_expiry(const Floors& floors, policy::Exchange& exchange, const SetExpiry& request);

}  // namespace vitrine::operations
