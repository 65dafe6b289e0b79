#include <fmt/format.h>

#include "operations/blob_requests.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

struct Selection {
  blobs::ByteRange range;
  unsigned status;
};

/// 200 or 206 and which bytes; otherwise the error to answer.
Result<Selection> select(const BlobView& view, const GetBlob& request, Timestamp now) {
  if (auto missing = view.missing()) {
    // A condition on an absent blob fails before its absence is told.
    if (view.container) TRY(blobs::check(request.conditions, blobs::kReadBlob, view.state(now)));
    return std::unexpected(*missing);
  }
  TRY(blobs::check(request.conditions, blobs::kReadBlob, view.state(now)));
  const auto cut_out = cut(request.range, view.head->size);
  if (!cut_out && request.size_when_out_of_range) *request.size_when_out_of_range = view.head->size;
  const auto range = TRY(Result<blobs::ByteRange>(cut_out));
  if (range.length > request.most)
    return fail(Code::OutOfRangeInput,
                fmt::format("The range has {} bytes; at most {} can be had in this way.", range.length,
                            request.most));
  return Selection{range, request.range ? 206u : 200u};
}

/// The content is there and the request has its key. Errors: BlobArchived, BlobBeingRehydrated, those of
/// check_key().
Result<void> check_content(const blobs::BlobHead& head, const blobs::CustomerKeyPtr& key, Timestamp now) {
  TRY(blobs::check_online(head.attributes, now));
  return blobs::check_key(head.attributes, key);
}

Task<Result<BlobAnswer>> attempt_get(const Floors& floors, policy::Exchange& exchange,
                                     const GetBlob& request) {
  auto view = CO_TRY(look_up(floors, request.blob));
  view.bring(request.key);
  const auto now = floors.clock.now();
  auto selection = select(view, request, now);
  if (selection)
    if (auto open = check_content(*view.head, request.key, now); !open)
      selection = std::unexpected(open.error());
  auto bytes = selection ? static_cast<std::int64_t>(selection->range.length) : 0;
  auto decision = floors.gate.decide(exchange, {.action = policy::actions::kBlobGet,
                                                .resource = resource(request.blob),
                                                .bounds = {.items = 1, .bytes = bytes}});
  if (!selection)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, selection.error()));
  auto content = CO_TRY(blobs::PinnedContent::fetch(floors.store, view.keys, view.container->id, *view.head,
                                                    selection->range, view.is_past()));
  auto committed = CO_TRY(co_await floors.ledger.commit(exchange, std::move(decision),
                                                        {.status = selection->status,
                                                         .version = version_of(request.blob),
                                                         .content_root = view.head->content_root},
                                                        {.guards = view.guards}));
  auto body = CO_TRY(blobs::BodyReader::open(committed, floors.store, std::move(content)));
  const bool is_past = view.is_past();
  co_return BlobAnswer{std::move(view.head), request.range ? std::optional(selection->range) : std::nullopt,
                       Download(std::move(body), floors.gate, request.blob.account.text()), is_past};
}

Task<Result<HeadAnswer>> attempt_head(const Floors& floors, policy::Exchange& exchange,
                                      const GetBlobProperties& request, policy::Action action) {
  auto view = CO_TRY(look_up(floors, request.blob));
  auto selection =
      select(view, {.blob = request.blob, .range = {}, .conditions = request.conditions}, floors.clock.now());
  if (selection)
    if (auto fit = blobs::check_key(view.head->attributes, request.key); !fit)
      selection = std::unexpected(fit.error());
  auto decision =
      floors.gate.decide(exchange, {.action = action, .resource = resource(request.blob), .bounds = {}});
  if (!selection)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, selection.error()));
  CO_TRY(co_await floors.ledger.commit(
      exchange, std::move(decision),
      {.status = 200, .version = version_of(request.blob), .content_root = view.head->content_root},
      {.guards = view.guards}));
  co_return HeadAnswer{*view.head, view.is_past()};
}

}  // namespace

Task<Result<BlobAnswer>> get_blob(const Floors& floors, policy::Exchange& exchange, const GetBlob& request) {
  auto attempt = [&] { return attempt_get(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

Task<Result<HeadAnswer>> get_blob_properties(const Floors& floors, policy::Exchange& exchange,
                                             const GetBlobProperties& request) {
  auto attempt = [&] { return attempt_head(floors, exchange, request, policy::actions::kBlobProperties); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

Task<Result<HeadAnswer>> get_blob_metadata(const Floors& floors, policy::Exchange& exchange,
                                           const GetBlobProperties& request) {
  auto attempt = [&] { return attempt_head(floors, exchange, request, policy::actions::kBlobGetMetadata); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

}  // namespace vitrine::operations
