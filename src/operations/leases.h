// Use cases on leases of blobs and containers; each also fails with PolicyDenied and the store's errors.
#pragma once

#include "blobs/lease.h"
#include "operations/containers.h"

namespace vitrine::operations {

template <class Ref>
struct UseLease {
  Ref of;
  blobs::LeaseAct act;
  blobs::Conditions conditions;  ///< but the lease: the act names it
};
struct LeaseAnswer {
  Changed state;                     ///< as it was: a lease changes neither tag nor time
  std::optional<blobs::LeaseId> id;  ///< of the lease that holds now
  blobs::seconds left{0};            ///< of one that is being broken
};
/// Errors: ContainerNotFound, BlobNotFound, those of conditions and of blobs::perform().
Task<Result<LeaseAnswer>> use_lease(const Floors& floors, policy::Exchange& exchange,
                                    const UseLease<BlobRef>& request);
Task<Result<LeaseAnswer>> use_lease(const Floors& floors, policy::Exchange& exchange,
                                    const UseLease<ContainerRef>& request);

}  // namespace vitrine::operations
