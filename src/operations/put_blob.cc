#include "operations/blob_requests.h"
#include "operations/replace_blob.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

/// Of a body whose length is not declared nothing but the limit is known before it is there.
policy::Intent intent(const PutBlob& request, std::optional<std::uint64_t> length) {
  auto bytes = static_cast<std::int64_t>(length.value_or(kMostPutBlob));
  return {.action = policy::actions::kBlobPut,
          .resource = resource(request.blob),
          .bounds = {.items = 1, .bytes = bytes}};
}

/// Container there, conditions met; otherwise the error to answer.
Result<void> check(const BlobView& view, const PutBlob& request, Timestamp now) {
  if (!view.container) return std::unexpected(ContainerView::not_found());
  TRY(check_overwrite(view, request.may_overwrite));
  return blobs::check(request.conditions, blobs::kCreateBlob, view.state(now));
}

/// Before the body is read: whether it is worth reading. A permit's reservation ends with this call; the
/// commit at the end decides again.
Task<Result<void>> admit(const Floors& floors, policy::Exchange& exchange, const PutBlob& request) {
  auto view = CO_TRY(look_up(floors, request.blob));
  auto decision = floors.gate.decide(exchange, intent(request, request.length));
  auto fit = check(view, request, floors.clock.now());
  if (fit && std::holds_alternative<policy::Permit>(decision)) co_return Result<void>{};
  auto error = fit ? Error{} : fit.error();
  co_return std::unexpected(
      co_await refuse(floors, exchange, std::move(decision), view.guards, std::move(error)));
}

Task<Result<PutAnswer>> attempt_commit(const Floors& floors, policy::Exchange& exchange,
                                       const PutBlob& request, const blobs::ArrivedBody& body) {
  auto view = CO_TRY(look_up(floors, request.blob));
  auto decision = floors.gate.decide(exchange, intent(request, body.piece.length));
  const auto now = floors.clock.now();
  if (auto fit = check(view, request, now); !fit)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, fit.error()));
  auto uncommitted =
      CO_TRY(look_up_uncommitted(floors.store, *view.keys, view.container->id, request.blob.blob));
  auto head = new_head(view, now, request.content, request.metadata);
  head.size = body.piece.length;
  head.layout = body.piece;
  head.content_root = blobs::content_root(std::span(&body.piece, 1));
  if (!head.content.md5) head.content.md5 = body.md5;
  ledger::Effect effect;
  body.adopt_into(effect.adopts, effect.writes, view.container->id, *view.keys);
  put_head(effect, view, uncommitted, request.blob.blob, head);
  let_go(effect, request.blob, view, uncommitted, head.last_modified);
  auto derivation = request.derivation;
  if (derivation) derivation->output_root = head.content_root;
  CO_TRY(co_await floors.ledger.commit(exchange, std::move(decision),
                                       {.status = 201,
                                        .content_root = head.content_root,
                                        .result = derivation,
                                        .obligations_done = request.fulfilled},
                                       std::move(effect)));
  co_return PutAnswer{{head.etag, head.last_modified}, body.md5};
}

}  // namespace

Task<Result<PutAnswer>> put_blob(const Floors& floors, policy::Exchange& exchange, const PutBlob& request,
                                 blobs::BodyInput& body) {
  if (!request.length || *request.length > kReadUnseen) {
    auto admission = [&] { return admit(floors, exchange, request); };
    CO_TRY(co_await until_settled(floors.turns, request.blob, admission));
  }
  auto keys = CO_TRY(floors.keys.of(request.blob.account.text()));
  auto arrived = CO_TRY(co_await blobs::receive(
      floors.store, keys->current(), body,
      {.length = request.length, .most = kMostPutBlob, .compute_md5 = true, .checks = request.checks}));
  auto attempt = [&] { return attempt_commit(floors, exchange, request, arrived); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

}  // namespace vitrine::operations
