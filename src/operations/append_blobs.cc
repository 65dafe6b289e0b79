#include "operations/append_blobs.h"

#include "operations/blob_change.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

/// Errors: InvalidBlobType.
Result<void> check_kind(const BlobView& view) {
  if (std::holds_alternative<blobs::AppendedBlocks>(view.head->layout)) return {};
  return fail(Code::InvalidBlobType, "The blob is no append blob.");
}

/// Of a body whose length is not declared nothing but the limit is known before it is there.
ChangeTerms terms_of(const AppendBlock& request, std::optional<std::uint64_t> length) {
  const auto bytes = static_cast<std::int64_t>(length.value_or(kMostAppended));
  return {.intent = {.action = request.action,
                     .resource = resource(request.blob),
                     .bounds = {.items = 1, .bytes = bytes}},
          .blob = request.blob,
          .conditions = request.conditions,
          .key = request.key,
          .opens_content = true};
}

/// Before the body is read: whether it is worth reading. The commit at the end decides again.
Task<Result<void>> admit(const Floors& floors, policy::Exchange& exchange, const AppendBlock& request) {
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange, terms_of(request, request.length)));
  if (auto fit = check_kind(change.found()); !fit)
    co_return std::unexpected(co_await change.refuse(exchange, fit.error()));
  if (!change.is_permitted()) co_return std::unexpected(co_await change.refuse(exchange, {}));
  co_return Result<void>{};
}

Task<Result<AppendAnswer>> attempt_append(const Floors& floors, policy::Exchange& exchange,
                                          const AppendBlock& request, const blobs::ArrivedBody& body) {
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange, terms_of(request, body.piece.length)));
  if (auto fit = check_kind(change.found()); !fit)
    co_return std::unexpected(co_await change.refuse(exchange, fit.error()));
  auto& head = *change.state().head;
  AppendAnswer answer{.put = {{}, body.md5}, .offset = head.size};
  auto appended = blobs::append(head, change.container(), change.keys(), body, request.where);
  if (!appended) co_return std::unexpected(co_await change.refuse(exchange, appended.error()));
  change.add(std::move(*appended));
  change.touch();
  answer.blocks = std::get<blobs::AppendedBlocks>(head.layout).blocks.size();
  answer.put.changed = CO_TRY(co_await change.commit(exchange, {.status = 201}));
  co_return answer;
}

Task<Result<Changed>> attempt_create(const Floors& floors, policy::Exchange& exchange,
                                     const CreateAppendBlob& request) {
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange,
                                                 {.intent = {.action = policy::actions::kAppendCreate,
                                                             .resource = resource(request.blob),
                                                             .bounds = {.items = 1}},
                                                  .blob = request.blob,
                                                  .conditions = request.conditions,
                                                  .guarded = blobs::kCreateBlob,
                                                  .presence = Presence::Optional,
                                                  .may_overwrite = request.may_overwrite,
                                                  .key = request.key}));
  auto head = change.new_head(request.content, request.metadata, request.tags);
  CO_TRY(co_await change.give_lifetime(exchange, head, request.lifetime));
  blobs::make_appended(head);
  CO_TRY(change.replace_current(std::move(head)));
  co_return co_await change.commit(exchange, {.status = 201});
}

Task<Result<Changed>> attempt_seal(const Floors& floors, policy::Exchange& exchange,
                                   const SealAppendBlob& request) {
  auto change = CO_TRY(co_await BlobChange::open(
      floors, exchange,
      {.intent = {.action = policy::actions::kAppendSeal, .resource = resource(request.blob), .bounds = {}},
       .blob = request.blob,
       .conditions = request.conditions}));
  auto fit = check_kind(change.found());
  if (fit && request.position && *request.position != change.found().head->size)
    fit = fail(Code::AppendPositionConditionNotMet, "The blob does not end where the request says.");
  if (!fit) co_return std::unexpected(co_await change.refuse(exchange, fit.error()));
  std::get<blobs::AppendedBlocks>(change.state().head->layout).sealed = true;
  change.touch();
  co_return co_await change.commit(exchange, {.status = 200});
}

}  // namespace

Task<Result<Changed>> create_append_blob(const Floors& floors, policy::Exchange& exchange,
                                         const CreateAppendBlob& request) {
  auto attempt = [&] { return attempt_create(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

Task<Result<AppendAnswer>> append_block(const Floors& floors, policy::Exchange& exchange,
                                        const AppendBlock& request, blobs::BodyInput& body) {
  if (!request.length || *request.length > kReadUnseen) {
    auto admission = [&] { return admit(floors, exchange, request); };
    CO_TRY(co_await until_settled(floors.turns, request.blob, admission));
  }
  auto keys = CO_TRY(keys_for(floors, request.blob.account, request.key));
  auto arrived = CO_TRY(co_await blobs::receive(floors.store, keys->of_content(), body,
                                                {.length = request.length,
                                                 .most = kMostAppended,
                                                 .compute_md5 = !request.checks.crc64,
                                                 .checks = request.checks}));
  auto attempt = [&] { return attempt_append(floors, exchange, request, arrived); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

Task<Result<Changed>> seal_append_blob(const Floors& floors, policy::Exchange& exchange,
                                       const SealAppendBlob& request) {
  auto attempt = [&] { return attempt_seal(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

}  // namespace vitrine::operations
