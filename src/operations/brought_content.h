// What a copy is made of: bodies that stay where they are, and others that are brought over.
#pragma once

#include "blobs/copied.h"
#include "operations/copy_source.h"

namespace vitrine::operations {

/// Where a copy goes.
struct CopyPlace {
  const BlobRef& blob;
  blobs::ContainerId container{};
  const keys::DataKeys& keys;
};

/// The whole content of a source for a blob of the same kind. Within a container nothing is read, within an
/// account what lies in segments is not; what is, streams through a bounded memory. Precondition: the source
/// was opened without a range. Errors: StateChanged, those of the store and of Download.
Task<Result<blobs::CopiedContent>> bring_content(const Floors& floors, const CopySource& source,
                                                 const OpenedSource& opened, const CopyPlace& to);

/// The same as one piece, for a block blob made of whatever kind.
Task<Result<blobs::CopiedContent>> bring_as_piece(const Floors& floors, const CopySource& source,
                                                  const OpenedSource& opened, const CopyPlace& to);

}  // namespace vitrine::operations
