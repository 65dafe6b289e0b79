#include "operations/snapshots.h"

#include "operations/blob_change.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

Task<Result<SnapshotAnswer>> attempt_take(const Floors& floors, policy::Exchange& exchange,
                                          const TakeSnapshot& request) {
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange,
                                                 {.intent = {.action = policy::actions::kBlobSnapshot,
                                                             .resource = resource(request.blob),
                                                             .bounds = {.items = 1}},
                                                  .blob = request.blob,
                                                  .conditions = request.conditions,
                                                  .guarded = blobs::kSnapshotBlob,
                                                  .is_of_content = true,
                                                  .spares_state = true,
                                                  .key = request.key,
                                                  .opens_content = true}));
  auto kept = blobs::take_snapshot(change.name(), change.now(), request.metadata);
  change.add(std::move(kept.change));
  // As in Azure, a blob that has versions begins a new one.
  change.begin_version();
  change.effect().grows = true;
  const auto changed =
      CO_TRY(co_await change.commit(exchange, {.status = 201, .version = kept.past.moment.text()}));
  co_return SnapshotAnswer{{kept.head.etag, kept.head.last_modified, changed.version}, kept.past.moment};
}

}  // namespace

Task<Result<SnapshotAnswer>> take_snapshot(const Floors& floors, policy::Exchange& exchange,
                                           const TakeSnapshot& request) {
  auto attempt = [&] { return attempt_take(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

}  // namespace vitrine::operations
