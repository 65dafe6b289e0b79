#include "blobs/deletion_policy.h"
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
  change.begin_version();
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

/// A snapshot or version. Errors: as end().
Result<bool> end_past(BlobChange& change, const DeleteBlob& request) {
  if (!change.found().is_past() && !request.is_permanent)
    return fail(Code::InvalidOperation,
                "The current version is deleted by a request that names none; leave 'versionid' out.");
  const blobs::PastView view{*change.found().head, change.found().guards.back()};
  auto keeping = TRY(change.keeping());
  if (request.is_permanent) keeping.retention.reset();
  change.add(TRY(blobs::delete_past(change.name(), *request.blob.past, view, keeping)));
  return keeping.retention.has_value();
}

/// What the request names goes. Returns whether it may be restored. Errors: SnapshotsPresent,
/// InvalidOperation, BlobImmutableDueToPolicy, those of the store.
Result<bool> end(BlobChange& change, const DeleteBlob& request) {
  if (request.blob.past) return end_past(change, request);
  const auto name = change.name();
  const auto keeping = TRY(change.keeping());
  if (request.what == Deleted::Snapshots) {
    change.add(TRY(blobs::delete_snapshots(name, keeping)));
    return keeping.retention.has_value();
  }
  if (request.what == Deleted::Blob && TRY(blobs::has_snapshots(name)))
    return fail(Code::SnapshotsPresent,
                "The blob has snapshots; say with x-ms-delete-snapshots what is to become of them.");
  if (request.what == Deleted::Blob)
    change.add(TRY(blobs::delete_current(name, keeping)));
  else
    for (auto& each : TRY(blobs::delete_with_snapshots(name, keeping))) change.add(std::move(each));
  TRY(change.discard_blocks());
  return keeping.versions || keeping.retention.has_value();
}

/// Whether the error is an answer, and so on record.
bool is_refusal(const Error& error) {
  return error.code == Code::SnapshotsPresent || error.code == Code::InvalidOperation ||
         error.code == Code::BlobImmutableDueToPolicy || error.code == Code::BlobImmutableDueToLegalHold;
}

/// Errors: InvalidOperation where the account does not allow it.
Result<void> check_permanent(const Floors& floors, const DeleteBlob& request) {
  if (!request.is_permanent) return {};
  const auto keys = TRY(floors.keys.of(request.blob.account.text()));
  const auto policy = TRY(blobs::look_up_deletion_policy(floors.store, *keys, request.blob.account));
  if (policy.allows_permanent && request.blob.past) return {};
  return fail(
      Code::InvalidOperation,
      "Only deleted snapshots and versions are deleted for good before their time, and only where the "
      "account's DeleteRetentionPolicy has AllowPermanentDelete.");
}

Task<Result<bool>> attempt_delete(const Floors& floors, policy::Exchange& exchange,
                                  const DeleteBlob& request) {
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange,
                                                 {.intent = {.action = policy::actions::kBlobDelete,
                                                             .resource = resource(request.blob),
                                                             .bounds = {.items = 1}},
                                                  .blob = request.blob,
                                                  .conditions = request.conditions,
                                                  .guarded = guarded_of(request),
                                                  .spares_state = request.what == Deleted::Snapshots,
                                                  .of_gone = request.is_permanent}));
  auto allowed = check_permanent(floors, request);
  auto restorable = allowed ? end(change, request) : std::unexpected(std::move(allowed).error());
  if (!restorable && is_refusal(restorable.error()))
    co_return std::unexpected(co_await change.refuse(exchange, restorable.error()));
  const bool stays = CO_TRY(std::move(restorable));
  CO_TRY(co_await change.commit(exchange, {.status = 202}));
  co_return stays;
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

Task<Result<bool>> delete_blob(const Floors& floors, policy::Exchange& exchange, const DeleteBlob& request) {
  auto attempt = [&] { return attempt_delete(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

}  // namespace vitrine::operations
