#include "operations/blob_change.h"
#include "operations/blob_requests.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

/// Everything that changes a head in place: what differs is the action and the change itself.
template <class Request, class Change>
Task<Result<Changed>> attempt_change(const Floors& floors, policy::Exchange& exchange, const Request& request,
                                     policy::Action action, const Change& change_head) {
  auto change = CO_TRY(co_await BlobChange::open(
      floors, exchange,
      {.intent = {.action = action, .resource = resource(request.blob), .bounds = {}},
       .blob = request.blob,
       .conditions = request.conditions}));
  change_head(*change.state().head);
  change.touch();
  co_return co_await change.commit(exchange, {.status = 200});
}

Task<Result<void>> attempt_delete(const Floors& floors, policy::Exchange& exchange,
                                  const DeleteBlob& request) {
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange,
                                                 {.intent = {.action = policy::actions::kBlobDelete,
                                                             .resource = resource(request.blob),
                                                             .bounds = {.items = 1}},
                                                  .blob = request.blob,
                                                  .conditions = request.conditions}));
  if (request.what == Deleted::BlobAndSnapshots) {
    change.add(CO_TRY(blobs::end_name(change.name())));
    CO_TRY(change.discard_blocks());
  }
  CO_TRY(co_await change.commit(exchange, {.status = 202}));
  co_return Result<void>{};
}

}  // namespace

Task<Result<Changed>> set_blob_metadata(const Floors& floors, policy::Exchange& exchange,
                                        const SetBlobMetadata& request) {
  auto change = [&](blobs::BlobHead& head) { head.metadata = request.metadata; };
  auto attempt = [&] {
    return attempt_change(floors, exchange, request, policy::actions::kBlobSetMetadata, change);
  };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

Task<Result<Changed>> set_blob_properties(const Floors& floors, policy::Exchange& exchange,
                                          const SetBlobProperties& request) {
  auto change = [&](blobs::BlobHead& head) { head.content = request.content; };
  auto attempt = [&] {
    return attempt_change(floors, exchange, request, policy::actions::kBlobSetProperties, change);
  };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

Task<Result<void>> delete_blob(const Floors& floors, policy::Exchange& exchange, const DeleteBlob& request) {
  auto attempt = [&] { return attempt_delete(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

}  // namespace vitrine::operations
