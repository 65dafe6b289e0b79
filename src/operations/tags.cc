#include "operations/tags.h"

#include "operations/blob_change.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

Task<Result<void>> attempt_set(const Floors& floors, policy::Exchange& exchange, const SetTags& request) {
  auto change = CO_TRY(co_await BlobChange::open(
      floors, exchange,
      {.intent = {.action = policy::actions::kBlobSetTags, .resource = resource(request.blob), .bounds = {}},
       .blob = request.blob,
       .conditions = request.conditions,
       .spares_state = true}));
  const bool any = !request.tags.values.empty();
  blobs::set_attribute(change.subject().attributes, any ? std::optional(request.tags) : std::nullopt);
  CO_TRY(co_await change.commit(exchange, {.status = 204}));
  co_return Result<void>{};
}

Task<Result<blobs::Tags>> attempt_get(const Floors& floors, policy::Exchange& exchange,
                                      const GetTags& request) {
  const ChangeTerms terms{
      .intent = {.action = policy::actions::kBlobGetTags, .resource = resource(request.blob), .bounds = {}},
      .blob = request.blob,
      .conditions = request.conditions,
      .guarded = blobs::kReadBlob};
  auto view = CO_TRY(look_up(floors, request.blob));
  auto decision = floors.gate.decide(exchange, terms.intent);
  const auto fit = check(view, terms, floors.clock.now());
  if (!fit)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, fit.error()));
  auto tags = CO_TRY(blobs::attribute<blobs::Tags>(view.head->attributes));
  CO_TRY(co_await floors.ledger.commit(exchange, std::move(decision),
                                       {.status = 200, .version = version_of(request.blob)},
                                       {.guards = view.guards}));
  co_return tags.value_or(blobs::Tags());
}

}  // namespace

Task<Result<void>> set_tags(const Floors& floors, policy::Exchange& exchange, const SetTags& request) {
  auto attempt = [&] { return attempt_set(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

Task<Result<blobs::Tags>> get_tags(const Floors& floors, policy::Exchange& exchange, const GetTags& request) {
  auto attempt = [&] { return attempt_get(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

}  // namespace vitrine::operations
