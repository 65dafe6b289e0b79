#include "operations/blob_change.h"
#include "operations/blob_requests.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

Task<Result<Changed>> attempt_set_metadata(const Floors& floors, policy::Exchange& exchange,
                                           const SetBlobMetadata& request) {
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange,
                                                 {.intent = {.action = policy::actions::kBlobSetMetadata,
                                                             .resource = resource(request.blob),
                                                             .bounds = {}},
                                                  .blob = request.blob,
                                                  .conditions = request.conditions,
                                                  .is_of_content = true,
                                                  .key = request.key,
                                                  .opens_content = true}));
  change.state().head->metadata = request.metadata;
  change.touch();
  co_return co_await change.commit(exchange, {.status = 200});
}

/// What the request says of the blob. Errors: as set_blob_properties().
Result<void> set_properties(BlobChange& change, const SetBlobProperties& request) {
  auto& head = *change.state().head;
  blobs::set_attribute(head.attributes, std::optional<blobs::CopyState>());
  if (request.content) head.content = *request.content;
  if (!request.size && !request.sequence) return {};
  auto* pages = std::get_if<blobs::Pages>(&head.layout);
  if (!pages)
    return fail(Code::UnsupportedHeader, "Only page blobs have a size and a sequence number to be set.");
  if (request.sequence)
    TRY(blobs::change_sequence_number(*pages, request.sequence->action, request.sequence->number));
  if (request.size) change.add(TRY(blobs::resize_pages(change.pages(), *request.size)));
  return {};
}

Task<Result<PropertiesAnswer>> attempt_set_properties(const Floors& floors, policy::Exchange& exchange,
                                                      const SetBlobProperties& request) {
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange,
                                                 {.intent = {.action = policy::actions::kBlobSetProperties,
                                                             .resource = resource(request.blob),
                                                             .bounds = {}},
                                                  .blob = request.blob,
                                                  .conditions = request.conditions,
                                                  .is_of_content = true}));
  if (auto set = set_properties(change, request); !set)
    co_return std::unexpected(co_await change.refuse(exchange, set.error()));
  change.touch();
  PropertiesAnswer answer;
  if (const auto* pages = std::get_if<blobs::Pages>(&change.state().head->layout))
    answer.sequence_number = pages->sequence_number;
  answer.changed = CO_TRY(co_await change.commit(exchange, {.status = 200}));
  co_return answer;
}

/// A lease is of the blob and does not keep its snapshots.
blobs::Guarded guarded_of(const DeleteBlob& request) {
  const bool stays = request.blob.past || request.what == Deleted::Snapshots;
  return stays ? blobs::kSnapshotBlob : blobs::kWriteBlob;
}

/// What the request names goes. Errors: SnapshotsPresent, those of the store.
Result<void> end(BlobChange& change, const DeleteBlob& request) {
  const auto name = change.name();
  if (const auto& past = request.blob.past) {
    change.add(TRY(blobs::end_past(name, *past, {*change.found().head, change.found().guards.back()})));
    return {};
  }
  if (request.what == Deleted::Snapshots) {
    change.add(TRY(blobs::end_snapshots(name)));
    return {};
  }
  if (request.what == Deleted::Blob && TRY(blobs::has_past(name)))
    return fail(Code::SnapshotsPresent,
                "The blob has snapshots; say with x-ms-delete-snapshots what is to become of them.");
  change.add(TRY(blobs::end_name(name)));
  return change.discard_blocks();
}

Task<Result<void>> attempt_delete(const Floors& floors, policy::Exchange& exchange,
                                  const DeleteBlob& request) {
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange,
                                                 {.intent = {.action = policy::actions::kBlobDelete,
                                                             .resource = resource(request.blob),
                                                             .bounds = {.items = 1}},
                                                  .blob = request.blob,
                                                  .conditions = request.conditions,
                                                  .guarded = guarded_of(request)}));
  auto ended = end(change, request);
  if (!ended && ended.error().code == Code::SnapshotsPresent)
    co_return std::unexpected(co_await change.refuse(exchange, ended.error()));
  CO_TRY(std::move(ended));
  CO_TRY(co_await change.commit(exchange, {.status = 202}));
  co_return Result<void>{};
}

}  // namespace

Task<Result<Changed>> set_blob_metadata(const Floors& floors, policy::Exchange& exchange,
                                        const SetBlobMetadata& request) {
  auto attempt = [&] { return attempt_set_metadata(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

Task<Result<PropertiesAnswer>> set_blob_properties(const Floors& floors, policy::Exchange& exchange,
                                                   const SetBlobProperties& request) {
  auto attempt = [&] { return attempt_set_properties(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

Task<Result<void>> delete_blob(const Floors& floors, policy::Exchange& exchange, const DeleteBlob& request) {
  auto attempt = [&] { return attempt_delete(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

}  // namespace vitrine::operations
