// The use case that makes snapshots; it also fails with PolicyDenied, ContainerNotFound and the store's
// errors. They are read and deleted as blobs are, by a BlobRef that names one.
// Source: Azure Storage REST, "Snapshot Blob".
#pragma once

#include "operations/blob_requests.h"

namespace vitrine::operations {

struct TakeSnapshot {
  BlobRef blob;
  blobs::Metadata metadata;  ///< empty: the blob's own
  blobs::Conditions conditions;
  blobs::CustomerKeyPtr key{};
};
struct SnapshotAnswer {
  Changed state;         ///< of the snapshot
  blobs::Moment moment;  ///< that names it
};
/// Costs the same whatever the blob's size. Errors: BlobNotFound, those of conditions.
Task<Result<SnapshotAnswer>> take_snapshot(const Floors& floors, policy::Exchange& exchange,
                                           const TakeSnapshot& request);

}  // namespace vitrine::operations
