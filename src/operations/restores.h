// Use cases that bring back what was deleted; each also fails with PolicyDenied and the store's errors.
// Source: Azure Storage REST, "Undelete Blob", "Restore Container".
#pragma once

#include "blobs/deleted_container.h"
#include "operations/containers.h"

namespace vitrine::operations {

struct UndeleteBlob {
  BlobRef blob;
};
/// The blob and its deleted snapshots and versions are as before; nothing happens where none is deleted.
/// Errors: ContainerNotFound; BlobNotFound where neither the blob nor anything deleted is there.
Task<Result<void>> undelete_blob(const Floors& floors, policy::Exchange& exchange,
                                 const UndeleteBlob& request);

struct RestoreContainer {
  ContainerRef container;           ///< that is to be
  blobs::ContainerName was_called;  ///< when it was deleted
  blobs::Moment deleted;            ///< its version, which the deletion gave it
};
/// One commit, whatever the container holds. Errors: ContainerNotFound, ContainerAlreadyExists.
Task<Result<void>> restore_container(const Floors& floors, policy::Exchange& exchange,
                                     const RestoreContainer& request);

}  // namespace vitrine::operations
