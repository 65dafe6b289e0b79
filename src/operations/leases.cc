#include "operations/leases.h"

#include <array>

#include "blobs/sealed.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

namespace actions = policy::actions;

/// What an act is called and answered with, in the order of LeaseAct.
struct Naming {
  policy::Action of_blob, of_container;
  unsigned status;
};
constexpr std::array<Naming, std::variant_size_v<blobs::LeaseAct>> kNamings = {{
    {actions::kBlobAcquireLease, actions::kContainerAcquireLease, 201},
    {actions::kBlobRenewLease, actions::kContainerRenewLease, 200},
    {actions::kBlobChangeLease, actions::kContainerChangeLease, 200},
    {actions::kBlobReleaseLease, actions::kContainerReleaseLease, 200},
    {actions::kBlobBreakLease, actions::kContainerBreakLease, 202},
}};

// What differs between blobs and containers.
policy::Action action_of(const UseLease<BlobRef>& request) {
  return kNamings[request.act.index()].of_blob;
}
policy::Action action_of(const UseLease<ContainerRef>& request) {
  return kNamings[request.act.index()].of_container;
}
constexpr blobs::Guarded guarded_by(const BlobRef&) {
  return blobs::kLeaseBlob;
}
constexpr blobs::Guarded guarded_by(const ContainerRef&) {
  return blobs::kLeaseContainer;
}
std::optional<Error> missing(const BlobView& view) {
  return view.missing();
}
std::optional<Error> missing(const ContainerView& view) {
  return view.head ? std::nullopt : std::optional(ContainerView::not_found());
}
store::Write with_lease(const BlobView& view, const BlobRef& ref) {
  auto head = *view.head;
  blobs::set_attribute(head.attributes, view.lease);
  return blobs::write_name(*view.keys, blobs::blob_key(view.container->id, ref.blob),
                           {std::move(head), view.history});
}
store::Write with_lease(const ContainerView& view, const ContainerRef& ref) {
  auto head = *view.head;
  blobs::set_attribute(head.attributes, view.lease);
  return blobs::seal(*view.keys, blobs::container_key(ref.account, ref.container),
                     blobs::encode_container(head));
}

/// The view's lease as the act leaves it.
template <class View, class Ref>
Result<blobs::seconds> perform(View& view, const UseLease<Ref>& request, Timestamp now) {
  const auto absent = missing(view);
  const auto state = view.state(now);
  // A condition on what is absent fails before its absence is told.
  if (!absent || absent->code == Code::BlobNotFound)
    TRY(blobs::check(request.conditions, guarded_by(request.of), state));
  if (absent) return std::unexpected(*absent);
  return blobs::perform(request.act, view.lease, now);
}

template <class Ref>
Task<Result<LeaseAnswer>> attempt(const Floors& floors, policy::Exchange& exchange,
                                  const UseLease<Ref>& request) {
  const auto now = floors.clock.now();
  auto view = CO_TRY(look_up(floors, request.of));
  auto decision = floors.gate.decide(
      exchange, {.action = action_of(request), .resource = resource(request.of), .bounds = {}});
  const auto left = perform(view, request, now);
  if (!left)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, left.error()));
  CO_TRY(co_await floors.ledger.commit(
      exchange, std::move(decision), {.status = kNamings[request.act.index()].status},
      {.guards = view.guards, .writes = {with_lease(view, request.of)}, .grows = true}));
  const bool holds = blobs::is_locked(blobs::state_of(view.lease, now));
  co_return LeaseAnswer{.state = {view.head->etag, view.head->last_modified},
                        .id = holds ? std::optional(view.lease->id) : std::nullopt,
                        .left = *left};
}

}  // namespace

Task<Result<LeaseAnswer>> use_lease(const Floors& floors, policy::Exchange& exchange,
                                    const UseLease<BlobRef>& request) {
  auto once = [&] { return attempt(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.of, once);
}

Task<Result<LeaseAnswer>> use_lease(const Floors& floors, policy::Exchange& exchange,
                                    const UseLease<ContainerRef>& request) {
  auto once = [&] { return attempt(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.of, once);
}

}  // namespace vitrine::operations
