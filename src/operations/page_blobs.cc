#include "operations/page_blobs.h"

#include "operations/blob_change.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

/// Of a body whose length is not declared nothing but the limit is known before it is there.
ChangeTerms terms_of(const PutPages& request, std::optional<std::uint64_t> length) {
  const auto bytes = static_cast<std::int64_t>(length.value_or(blobs::kMostPageWrite));
  return {.intent = {.action = request.action,
                     .resource = resource(request.blob),
                     .bounds = {.items = 1, .bytes = bytes}},
          .blob = request.blob,
          .conditions = request.conditions,
          .key = request.key,
          .opens_content = true};
}

/// What holds of the blob whichever change of pages is asked for.
template <class Request>
Result<void> check(const BlobView& view, const Request& request) {
  TRY(check_pages(view));
  TRY(blobs::check(std::get<blobs::Pages>(view.head->layout), request.sequence));
  return blobs::check_pages(request.pages, view.head->size);
}

std::uint64_t sequence_number(BlobChange& change) {
  return std::get<blobs::Pages>(change.state().head->layout).sequence_number;
}

/// Before the body is read: whether it is worth reading. The commit at the end decides again.
Task<Result<void>> admit(const Floors& floors, policy::Exchange& exchange, const PutPages& request) {
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange, terms_of(request, request.length)));
  if (auto fit = check(change.found(), request); !fit)
    co_return std::unexpected(co_await change.refuse(exchange, fit.error()));
  if (!change.is_permitted()) co_return std::unexpected(co_await change.refuse(exchange, {}));
  co_return Result<void>{};
}

Task<Result<PagesAnswer>> attempt_put(const Floors& floors, policy::Exchange& exchange,
                                      const PutPages& request, const blobs::ArrivedBody& body) {
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange, terms_of(request, body.piece.length)));
  if (auto fit = check(change.found(), request); !fit)
    co_return std::unexpected(co_await change.refuse(exchange, fit.error()));
  auto written = blobs::write_pages(change.pages(), request.pages, body);
  if (!written && written.error().code == Code::InvalidPageRange)
    co_return std::unexpected(co_await change.refuse(exchange, written.error()));
  change.add(CO_TRY(std::move(written)));
  change.touch();
  const auto number = sequence_number(change);
  co_return PagesAnswer{{CO_TRY(co_await change.commit(exchange, {.status = 201})), body.md5}, number};
}

Task<Result<PagesAnswer>> attempt_clear(const Floors& floors, policy::Exchange& exchange,
                                        const ClearPages& request) {
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange,
                                                 {.intent = {.action = policy::actions::kPageClear,
                                                             .resource = resource(request.blob),
                                                             .bounds = {.items = 1}},
                                                  .blob = request.blob,
                                                  .conditions = request.conditions,
                                                  .key = request.key,
                                                  .opens_content = true}));
  if (auto fit = check(change.found(), request); !fit)
    co_return std::unexpected(co_await change.refuse(exchange, fit.error()));
  change.add(CO_TRY(blobs::clear_pages(change.pages(), request.pages)));
  change.touch();
  const auto number = sequence_number(change);
  co_return PagesAnswer{{CO_TRY(co_await change.commit(exchange, {.status = 201})), {}}, number};
}

Task<Result<Changed>> attempt_create(const Floors& floors, policy::Exchange& exchange,
                                     const CreatePageBlob& request) {
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange,
                                                 {.intent = {.action = policy::actions::kPageCreate,
                                                             .resource = resource(request.blob),
                                                             .bounds = {.items = 1}},
                                                  .blob = request.blob,
                                                  .conditions = request.conditions,
                                                  .guarded = blobs::kCreateBlob,
                                                  .presence = Presence::Optional,
                                                  .may_overwrite = request.may_overwrite,
                                                  .key = request.key}));
  auto head = change.new_head(request.content, request.metadata, request.tags);
  if (auto made = blobs::make_pages(head, request.size); !made)
    co_return std::unexpected(co_await change.refuse(exchange, made.error()));
  CO_TRY(co_await change.give_lifetime(exchange, head, request.lifetime));
  std::get<blobs::Pages>(head.layout).sequence_number = request.sequence_number;
  CO_TRY(change.replace_current(std::move(head)));
  co_return co_await change.commit(exchange, {.status = 201});
}

}  // namespace

Task<Result<Changed>> create_page_blob(const Floors& floors, policy::Exchange& exchange,
                                       const CreatePageBlob& request) {
  auto attempt = [&] { return attempt_create(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

Task<Result<PagesAnswer>> put_pages(const Floors& floors, policy::Exchange& exchange, const PutPages& request,
                                    blobs::BodyInput& body) {
  if (!request.length || *request.length > kReadUnseen) {
    auto admission = [&] { return admit(floors, exchange, request); };
    CO_TRY(co_await until_settled(floors.turns, request.blob, admission));
  }
  auto keys = CO_TRY(keys_for(floors, request.blob.account, request.key));
  auto arrived = CO_TRY(co_await blobs::receive(floors.store, keys->of_content(), body,
                                                {.length = request.length,
                                                 .most = blobs::kMostPageWrite,
                                                 .compute_md5 = !request.checks.crc64,
                                                 .checks = request.checks}));
  auto attempt = [&] { return attempt_put(floors, exchange, request, arrived); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

Task<Result<PagesAnswer>> clear_pages(const Floors& floors, policy::Exchange& exchange,
                                      const ClearPages& request) {
  auto attempt = [&] { return attempt_clear(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

}  // namespace vitrine::operations
