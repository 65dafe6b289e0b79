#include "operations/replace_blob.h"

#include "blobs/sealed.h"

namespace vitrine::operations {

blobs::BlobHead new_head(const BlobView& view, Timestamp now, const blobs::ContentHeaders& content,
                         const blobs::Metadata& metadata) {
  blobs::BlobHead head;
  head.created = view.head ? view.head->created : now;
  head.last_modified = now;
  head.etag = blobs::ETag::next(now, view.head ? view.head->etag : blobs::ETag());
  head.content = content;
  head.metadata = metadata;
  auto lease = view.lease;
  blobs::after_change(lease, now);
  blobs::set_attribute(head.attributes, lease);
  return head;
}

Result<void> check_overwrite(const BlobView& view, bool may_overwrite) {
  if (may_overwrite || !view.head) return {};
  return fail(
      Code::AuthorizationPermissionMismatch,
      "The shared access signature may create blobs and not overwrite them; it needs 'w' in sp for that.");
}

void put_head(ledger::Effect& effect, const BlobView& view, const UncommittedView& uncommitted,
              const blobs::BlobName& blob, const blobs::BlobHead& head) {
  effect.guards = view.guards;
  effect.guards.push_back(uncommitted.guard);
  effect.writes.push_back(
      blobs::write_name(*view.keys, blobs::blob_key(view.container->id, blob), {head, view.history}));
}

blobs::Departure departure(const BlobRef& blob, const BlobView& view, Timestamp now) {
  return {blob.account.text(), view.container->id, now};
}

void let_go(ledger::Effect& effect, const BlobRef& blob, const BlobView& view,
            const UncommittedView& uncommitted, Timestamp now) {
  const auto going = departure(blob, view, now);
  if (view.head) blobs::let_go(effect, going, *view.head);
  if (uncommitted.set) blobs::close_set(effect, going, blob.blob, *uncommitted.set, true);
}

}  // namespace vitrine::operations
