// Use cases on index tags; each also fails with PolicyDenied, ContainerNotFound and the store's errors.
// Source: Azure Storage REST, "Get Blob Tags", "Set Blob Tags".
#pragma once

#include "operations/blob_requests.h"

namespace vitrine::operations {

struct SetTags {
  BlobRef blob;
  blobs::Tags tags;  ///< in place of all that there are
  blobs::Conditions conditions;
};
/// Changes neither the blob's tag nor its time. Errors: BlobNotFound, those of conditions.
Task<Result<void>> set_tags(const Floors& floors, policy::Exchange& exchange, const SetTags& request);

struct GetTags {
  BlobRef blob;
  blobs::Conditions conditions;
};
/// Errors: BlobNotFound, those of conditions.
Task<Result<blobs::Tags>> get_tags(const Floors& floors, policy::Exchange& exchange, const GetTags& request);

}  // namespace vitrine::operations
