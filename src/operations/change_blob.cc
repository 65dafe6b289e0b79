#include "blobs/sealed.h"
#include "operations/blob_requests.h"
#include "operations/replace_blob.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

/// The blob is there and the conditions hold; otherwise the error to answer.
Result<void> check(const BlobView& view, const blobs::Conditions& conditions, Timestamp now) {
  if (!view.container) return std::unexpected(ContainerView::not_found());
  if (!view.head) {
    TRY(blobs::check(conditions, blobs::kWriteBlob, view.state(now)));
    return std::unexpected(*view.missing());
  }
  return blobs::check(conditions, blobs::kWriteBlob, view.state(now));
}

/// Everything that changes a head in place: what differs is the action and the change itself.
template <class Request, class Change>
Task<Result<Changed>> attempt_change(const Floors& floors, policy::Exchange& exchange, const Request& request,
                                     policy::Action action, const Change& change) {
  const auto now = floors.clock.now();
  auto view = CO_TRY(look_up(floors, request.blob));
  auto decision =
      floors.gate.decide(exchange, {.action = action, .resource = resource(request.blob), .bounds = {}});
  if (auto fit = check(view, request.conditions, now); !fit)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, fit.error()));
  auto head = *view.head;
  change(head);
  head.last_modified = now;
  head.etag = blobs::ETag::next(now, head.etag);
  blobs::after_change(view.lease, now);
  blobs::set_attribute(head.attributes, view.lease);
  auto key = blobs::blob_key(view.container->id, request.blob.blob);
  CO_TRY(co_await floors.ledger.commit(
      exchange, std::move(decision), {.status = 200, .content_root = head.content_root},
      {.guards = view.guards, .writes = {blobs::write_name(*view.keys, key, {head, view.history})}}));
  co_return Changed{head.etag, head.last_modified};
}

Result<ledger::Effect> deletion(const Floors& floors, const BlobRef& blob, const BlobView& view,
                                Timestamp now) {
  auto uncommitted = TRY(look_up_uncommitted(floors.store, *view.keys, view.container->id, blob.blob));
  ledger::Effect effect{.guards = view.guards};
  effect.guards.push_back(uncommitted.guard);
  effect.writes.push_back({blobs::blob_key(view.container->id, blob.blob), std::nullopt});
  let_go(effect, blob, view, uncommitted, now);
  return effect;
}

Task<Result<void>> attempt_delete(const Floors& floors, policy::Exchange& exchange,
                                  const DeleteBlob& request) {
  const auto now = floors.clock.now();
  auto view = CO_TRY(look_up(floors, request.blob));
  auto decision = floors.gate.decide(
      exchange,
      {.action = policy::actions::kBlobDelete, .resource = resource(request.blob), .bounds = {.items = 1}});
  if (auto fit = check(view, request.conditions, now); !fit)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, fit.error()));
  auto effect = request.what == Deleted::Snapshots ? ledger::Effect{.guards = view.guards}
                                                   : CO_TRY(deletion(floors, request.blob, view, now));
  CO_TRY(co_await floors.ledger.commit(exchange, std::move(decision),
                                       {.status = 202, .content_root = view.head->content_root},
                                       std::move(effect)));
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
