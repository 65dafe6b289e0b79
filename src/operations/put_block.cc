#include <fmt/format.h>

#include <algorithm>

#include "blobs/collection.h"
#include "crypto/mac.h"
#include "operations/blob_change.h"
#include "operations/blob_requests.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

/// Of a body whose length is not declared nothing but the limit is known before it is there.
policy::Intent intent(const PutBlock& request, std::optional<std::uint64_t> length) {
  auto bytes = static_cast<std::int64_t>(length.value_or(kMostPutBlock));
  return {
      .action = request.action, .resource = resource(request.blob), .bounds = {.items = 1, .bytes = bytes}};
}

/// Bytes that the id is the base64 text of: its padding tells.
std::uint64_t length_of(const blobs::BlockId& id) {
  const auto& text = id.text();
  return text.size() / 4 * 3 - static_cast<std::uint64_t>(std::ranges::count(text, '='));
}

/// The block goes with those that were put before. Errors: InvalidBlobOrBlock, those of check_key().
Result<void> check_block(const UncommittedView& uncommitted, const PutBlock& request) {
  const auto& id = request.id;
  if (uncommitted.set) TRY(blobs::check_key(uncommitted.set->encrypted, request.key));
  if (!uncommitted.set || uncommitted.set->id_length == length_of(id)) return {};
  return fail(Code::InvalidBlobOrBlock,
              fmt::format("All block ids of a blob must be of one length: {} bytes here, not {}.",
                          uncommitted.set->id_length, length_of(id)));
}

/// The set that a block comes into: opened, or kept from being taken for abandoned.
blobs::UncommittedSet open_set(ledger::Effect& effect, const blobs::Departure& place, const PutBlock& request,
                               const UncommittedView& uncommitted, const keys::DataKeys& keys) {
  if (uncommitted.set && !blobs::grows_idle(*uncommitted.set, place.now)) return *uncommitted.set;
  blobs::UncommittedSet set{.generation = crypto::random_number(),
                            .id_length = length_of(request.id),
                            .idle_at = {},
                            .encrypted = blobs::encrypted_with(request.key)};
  const auto& blob = request.blob.blob;
  if (uncommitted.set) {
    set = *uncommitted.set;
    effect.writes.push_back({blobs::task_key(blobs::idle_task(place, blob, set)), std::nullopt});
  }
  set.idle_at = blobs::idle_after(place.now);
  effect.writes.push_back(write_uncommitted(keys, blobs::uncommitted_key(place.container, blob), set));
  effect.writes.push_back(blobs::write_task(blobs::idle_task(place, blob, set)));
  return set;
}

/// A block that was put before under the same id makes way. Errors: those of the store, Corrupt, Unavailable.
Result<void> let_go_earlier(ledger::Effect& effect, const store::Store& store,
                            const blobs::ContainerId& container, const store::Key& key,
                            const keys::DataKeys& keys) {
  auto row = TRY(store.look_up(key));
  effect.guards.push_back(row.guard(key.table));
  if (!row.exists()) return {};
  if (auto body = blobs::body_of(container, TRY(blobs::decode_block(keys, row))))
    effect.releases.push_back(std::move(*body));
  return {};
}

/// The container is there, and the blob's lease if it has one is named; otherwise the error to answer.
Result<void> check(const BlobView& view, const PutBlock& request, Timestamp now) {
  if (!view.container) return std::unexpected(ContainerView::not_found());
  TRY(blobs::check(request.conditions, blobs::kWriteBlob, view.state(now)));
  return check_blocks(view);
}

Task<Result<void>> admit(const Floors& floors, policy::Exchange& exchange, const PutBlock& request) {
  auto view = CO_TRY(look_up(floors, request.blob));
  auto decision = floors.gate.decide(exchange, intent(request, request.length));
  auto fit = check(view, request, floors.clock.now());
  if (fit && std::holds_alternative<policy::Permit>(decision)) co_return Result<void>{};
  auto error = fit ? Error{} : fit.error();
  co_return std::unexpected(
      co_await refuse(floors, exchange, std::move(decision), view.guards, std::move(error)));
}

/// The head is left alone, but must still be the one that was seen, and so must the set.
Task<Result<PutAnswer>> attempt_commit(const Floors& floors, policy::Exchange& exchange,
                                       const PutBlock& request, const blobs::ArrivedBody& body) {
  auto view = CO_TRY(look_up(floors, request.blob));
  view.bring(request.key);
  auto decision = floors.gate.decide(exchange, intent(request, body.piece.length));
  auto now = floors.clock.now();
  if (auto fit = check(view, request, now); !fit)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, fit.error()));
  const auto& container = view.container->id;
  auto uncommitted = CO_TRY(look_up_uncommitted(floors.store, *view.keys, container, request.blob.blob));
  ledger::Effect effect{.guards = view.guards, .touches = {blobs::blocks_name(container, request.blob.blob)}};
  effect.guards.push_back(uncommitted.guard);
  if (auto fit = check_block(uncommitted, request); !fit)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), effect.guards, fit.error()));
  const auto set =
      open_set(effect, {request.blob.account.text(), container, now}, request, uncommitted, *view.keys);
  auto key = blobs::block_key(container, request.blob.blob, set, request.id);
  if (uncommitted.set) CO_TRY(let_go_earlier(effect, floors.store, container, key, *view.keys));
  body.adopt_into(effect.adopts, effect.writes, container, *view.keys);
  effect.writes.push_back(blobs::write_block(*view.keys, std::move(key), body.piece));
  CO_TRY(co_await floors.ledger.commit(
      exchange, std::move(decision),
      {.status = 201, .content_root = blobs::content_root(std::span(&body.piece, 1))}, std::move(effect)));
  co_return PutAnswer{{blobs::ETag(), now}, body.md5};
}

}  // namespace

Task<Result<PutAnswer>> put_block(const Floors& floors, policy::Exchange& exchange, const PutBlock& request,
                                  blobs::BodyInput& body) {
  if (!request.length || *request.length > kReadUnseen) {
    auto admission = [&] { return admit(floors, exchange, request); };
    CO_TRY(co_await until_settled(floors.turns, request.blob, admission));
  }
  auto keys = CO_TRY(keys_for(floors, request.blob.account, request.key));
  auto arrived = CO_TRY(co_await blobs::receive(floors.store, keys->of_content(), body,
                                                {.length = request.length,
                                                 .most = kMostPutBlock,
                                                 .compute_md5 = request.checks.md5 || request.tells_md5,
                                                 .checks = request.checks}));
  auto attempt = [&] { return attempt_commit(floors, exchange, request, arrived); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

}  // namespace vitrine::operations
