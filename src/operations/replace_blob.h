// What Put Blob and Put Block List have in common: a new head takes the place of whatever was there.
#pragma once

#include "blobs/blob_head.h"
#include "blobs/collection.h"
#include "ledger/ledger.h"
#include "operations/view.h"

namespace vitrine::operations {

/// A head for new content: tag and time of the change, the old creation time and lease if there was a blob.
/// Precondition: the view has a container.
blobs::BlobHead new_head(const BlobView& view, Timestamp now, const blobs::ContentHeaders& content,
                         const blobs::Metadata& metadata);

/// Whether the content may take its place. Errors: AuthorizationPermissionMismatch when the credential may
/// only create and there is a blob.
Result<void> check_overwrite(const BlobView& view, bool may_overwrite);

/// Adds the new head, with guards on all that was seen. The old content is for the caller to let go.
void put_head(ledger::Effect& effect, const BlobView& view, const UncommittedView& uncommitted,
              const blobs::BlobName& blob, const blobs::BlobHead& head);

/// Precondition: the view has a container.
blobs::Departure departure(const BlobRef& blob, const BlobView& view, Timestamp now);

/// Adds the end of all that the blob has: content and uncommitted blocks.
void let_go(ledger::Effect& effect, const BlobRef& blob, const BlobView& view,
            const UncommittedView& uncommitted, Timestamp now);

}  // namespace vitrine::operations
