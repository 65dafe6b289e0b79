#include "operations/access_tiers.h"

#include "operations/blob_change.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

/// Whether a rehydration is under way then. Errors: as set_tier().
Result<bool> move(BlobChange& change, const SetTier& request, const blobs::RehydrationTimes& times) {
  TRY(check_blocks(change.found()));
  auto& attributes = change.subject().attributes;
  auto tier = TRY(blobs::attribute<blobs::AccessTier>(attributes));
  const bool takes_time = TRY(blobs::set_tier(tier, request.tier, request.priority, times, change.now()));
  blobs::set_attribute(attributes, tier);
  return takes_time;
}

Task<Result<bool>> attempt_set(const Floors& floors, policy::Exchange& exchange, const SetTier& request) {
  auto change = CO_TRY(co_await BlobChange::open(
      floors, exchange,
      {.intent = {.action = policy::actions::kBlobSetTier, .resource = resource(request.blob), .bounds = {}},
       .blob = request.blob,
       .conditions = request.conditions,
       .guarded = blobs::kTierBlob,
       .spares_state = true}));
  const auto takes_time = move(change, request, floors.rehydration);
  if (!takes_time) co_return std::unexpected(co_await change.refuse(exchange, takes_time.error()));
  CO_TRY(co_await change.commit(exchange, {.status = *takes_time ? 202u : 200u}));
  co_return *takes_time;
}

}  // namespace

Task<Result<bool>> set_tier(const Floors& floors, policy::Exchange& exchange, const SetTier& request) {
  auto attempt = [&] { return attempt_set(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

}  // namespace vitrine::operations
