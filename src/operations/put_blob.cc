#include "operations/blob_change.h"
#include "operations/blob_requests.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

/// Of a body whose length is not declared nothing but the limit is known before it is there.
ChangeTerms terms_of(const PutBlob& request, std::optional<std::uint64_t> length) {
  const auto bytes = static_cast<std::int64_t>(length.value_or(kMostPutBlob));
  return {.intent = {.action = request.action,
                     .resource = resource(request.blob),
                     .bounds = {.items = 1, .bytes = bytes}},
          .blob = request.blob,
          .conditions = request.conditions,
          .guarded = blobs::kCreateBlob,
          .presence = Presence::Optional,
          .may_overwrite = request.may_overwrite,
          .key = request.key};
}

/// Before the body is read: whether it is worth reading. A permit's reservation ends with this call; the
/// commit at the end decides again.
Task<Result<void>> admit(const Floors& floors, policy::Exchange& exchange, const PutBlob& request) {
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange, terms_of(request, request.length)));
  if (!change.is_permitted()) co_return std::unexpected(co_await change.refuse(exchange, {}));
  co_return Result<void>{};
}

Task<Result<PutAnswer>> attempt_commit(const Floors& floors, policy::Exchange& exchange,
                                       const PutBlob& request, const blobs::ArrivedBody& body) {
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange, terms_of(request, body.piece.length)));
  auto head = change.new_head(request.content, request.metadata, request.tags);
  if (request.tier)
    blobs::set_attribute(head.attributes, std::optional(blobs::AccessTier{*request.tier, change.now()}));
  auto copied = request.copied;
  if (copied) copied->bytes = body.piece.length;
  if (copied) copied->completed = change.now();
  blobs::set_attribute(head.attributes, copied);
  CO_TRY(co_await change.give_lifetime(exchange, head, request.lifetime));
  head.size = body.piece.length;
  head.layout = body.piece;
  head.content_root = blobs::content_root(std::span(&body.piece, 1));
  if (!head.content.md5) head.content.md5 = body.md5;
  auto derivation = request.derivation;
  if (derivation) derivation->output_root = head.content_root;
  body.adopt_into(change.effect().adopts, change.effect().writes, change.container(), change.keys());
  CO_TRY(change.replace_current(std::move(head)));
  const auto changed = CO_TRY(co_await change.commit(
      exchange,
      {.status = request.copied ? 202u : 201u, .result = derivation, .obligations_done = request.fulfilled}));
  co_return PutAnswer{changed, body.md5};
}

}  // namespace

Task<Result<PutAnswer>> put_blob(const Floors& floors, policy::Exchange& exchange, const PutBlob& request,
                                 blobs::BodyInput& body) {
  if (!request.length || *request.length > kReadUnseen) {
    auto admission = [&] { return admit(floors, exchange, request); };
    CO_TRY(co_await until_settled(floors.turns, request.blob, admission));
  }
  auto keys = CO_TRY(keys_for(floors, request.blob.account, request.key));
  auto arrived = CO_TRY(co_await blobs::receive(
      floors.store, keys->of_content(), body,
      {.length = request.length, .most = kMostPutBlob, .compute_md5 = true, .checks = request.checks}));
  auto attempt = [&] { return attempt_commit(floors, exchange, request, arrived); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

}  // namespace vitrine::operations
