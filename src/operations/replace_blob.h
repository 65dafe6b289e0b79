// What Put Blob and Put Block List have in common: a new head takes the place of whatever was there.
#pragma once

#include "blobs/blob_head.h"
#include "ledger/ledger.h"
#include "operations/view.h"

namespace vitrine::operations {

/// A head for new content: tag and time of the change, the old creation time if there was a blob.
/// Precondition: the view has a container.
blobs::BlobHead new_head(const BlobView& view, Timestamp now, const blobs::ContentHeaders& content,
                         const blobs::Metadata& metadata);

/// Whether the content may take its place. Errors: AuthorizationPermissionMismatch when the credential may
/// only create and there is a blob.
Result<void> check_overwrite(const BlobView& view, bool may_overwrite);

/// Adds the head's write and guards; erases the body that the old head kept and ends the uncommitted blocks.
void replace_blob(ledger::Effect& effect, const BlobView& view, const UncommittedView& uncommitted,
                  const blobs::BlobName& blob, const blobs::BlobHead& head);

/// Adds the erasure of the inline body or the block list that the head keeps.
void erase_content(ledger::Effect& effect, const blobs::ContainerId& container, const blobs::BlobHead& head);

}  // namespace vitrine::operations
