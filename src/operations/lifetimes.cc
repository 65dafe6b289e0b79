#include "operations/lifetimes.h"

#include "operations/blob_change.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

ChangeTerms terms_of(const BlobRef& blob, policy::Action action, const blobs::Conditions& conditions = {}) {
  return {.intent = {.action = action, .resource = resource(blob), .bounds = {}},
          .blob = blob,
          .conditions = conditions,
          .guarded = blobs::kTierBlob,
          .spares_state = true};
}

/// Changes the state's protection by `act`, which may refuse.
template <class Act>
Task<Result<void>> attempt(const Floors& floors, policy::Exchange& exchange, const ChangeTerms& terms,
                           const Act& act) {
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange, terms));
  if (Result<void> acted = act(change.subject().attributes, change.now()); !acted)
    co_return std::unexpected(co_await change.refuse(exchange, acted.error()));
  CO_TRY(co_await change.commit(exchange, {.status = 200}));
  co_return Result<void>{};
}

template <class Act>
Task<Result<void>> act_on(const Floors& floors, policy::Exchange& exchange, const ChangeTerms& terms,
                          const Act& act) {
  auto once = [&] { return attempt(floors, exchange, terms, act); };
  co_return co_await until_settled(floors.turns, terms.blob, once);
}

Task<Result<Changed>> attempt_expiry(const Floors& floors, policy::Exchange& exchange,
                                     const SetExpiry& request) {
  auto change = CO_TRY(co_await BlobChange::open(floors, exchange,
                                                 {.intent = {.action = policy::actions::kBlobSetExpiry,
                                                             .resource = resource(request.blob),
                                                             .bounds = {}},
                                                  .blob = request.blob,
                                                  .conditions = request.conditions}));
  auto& head = *change.state().head;
  const auto expiry = blobs::resolve(request.expiry, head.created, change.now());
  if (!expiry) co_return std::unexpected(co_await change.refuse(exchange, expiry.error()));
  blobs::set_attribute(head.attributes, *expiry);
  change.touch();
  co_return co_await change.commit(exchange, {.status = 200});
}

}  // namespace

Task<Result<void>> set_immutability_policy(const Floors& floors, policy::Exchange& exchange,
                                           const SetImmutabilityPolicy& request) {
  const auto terms = terms_of(request.blob, policy::actions::kBlobSetImmutabilityPolicy, request.conditions);
  auto act = [&](blobs::Attributes& attributes, Timestamp now) {
    return blobs::set_policy(attributes, request.policy, now);
  };
  co_return co_await act_on(floors, exchange, terms, act);
}

Task<Result<void>> delete_immutability_policy(const Floors& floors, policy::Exchange& exchange,
                                              const DeleteImmutabilityPolicy& request) {
  const auto terms = terms_of(request.blob, policy::actions::kBlobDeleteImmutabilityPolicy);
  auto act = [](blobs::Attributes& attributes, Timestamp now) {
    return blobs::remove_policy(attributes, now);
  };
  co_return co_await act_on(floors, exchange, terms, act);
}

Task<Result<void>> set_legal_hold(const Floors& floors, policy::Exchange& exchange,
                                  const SetLegalHold& request) {
  const auto terms = terms_of(request.blob, policy::actions::kBlobSetLegalHold);
  auto act = [&](blobs::Attributes& attributes, Timestamp) -> Result<void> {
    blobs::set_legal_hold(attributes, request.holds);
    return {};
  };
  co_return co_await act_on(floors, exchange, terms, act);
}

Task<Result<Changed>> set_expiry(const Floors& floors, policy::Exchange& exchange, const SetExpiry& request) {
  auto once = [&] { return attempt_expiry(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, once);
}

}  // namespace vitrine::operations
