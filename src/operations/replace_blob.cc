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
  return head;
}

Result<void> check_overwrite(const BlobView& view, bool may_overwrite) {
  if (may_overwrite || !view.head) return {};
  return fail(
      Code::AuthorizationPermissionMismatch,
      "The shared access signature may create blobs and not overwrite them; it needs 'w' in sp for that.");
}

void erase_content(ledger::Effect& effect, const blobs::ContainerId& container, const blobs::BlobHead& head) {
  if (auto number = blobs::inline_body_of(head))
    effect.writes.push_back({{store::Table::Bodies, blobs::body_key(container, *number)}, std::nullopt});
  if (auto* blocks = std::get_if<blobs::BlockList>(&head.layout))
    effect.writes.push_back({blobs::block_list_key(container, blocks->list), std::nullopt});
}

void replace_blob(ledger::Effect& effect, const BlobView& view, const UncommittedView& uncommitted,
                  const blobs::BlobName& blob, const blobs::BlobHead& head) {
  const auto& container = view.container->id;
  effect.guards = view.guards;
  effect.guards.push_back(uncommitted.guard);
  if (view.head) erase_content(effect, container, *view.head);
  if (uncommitted.set) effect.writes.push_back({blobs::uncommitted_key(container, blob), std::nullopt});
  effect.writes.push_back(
      blobs::write_name(*view.keys, blobs::blob_key(container, blob), {head, view.history}));
}

}  // namespace vitrine::operations
