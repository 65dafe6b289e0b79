#include "blobs/collection.h"
#include "blobs/deleted_container.h"
#include "blobs/head_walk.h"
#include "blobs/immutability.h"
#include "blobs/sealed.h"
#include "operations/containers.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

/// No state in the container is protected. Costs nothing where none ever was. Errors:
/// BlobImmutableDueToPolicy, those of the store.
Result<void> check_blobs(const Floors& floors, const ContainerView& view, Timestamp now) {
  if (!view.head->attributes.contains(blobs::HadProtection::kAttribute)) return {};
  auto walk = TRY(blobs::HeadWalk::open(floors.store, view.keys, view.head->id, "",
                                        {.snapshots = true, .versions = true}));
  while (const auto state = TRY(walk.next())) TRY(blobs::check_mutable(state->head.attributes, now));
  return {};
}

/// Who may delete it, and whether it is there to be deleted. Errors: ContainerNotFound, those of conditions
/// and of check_blobs().
Result<void> check(const Floors& floors, const ContainerView& view, const DeleteContainer& request,
                   Timestamp now) {
  if (!view.head) return std::unexpected(ContainerView::not_found());
  TRY(blobs::check(request.conditions, blobs::kDeleteContainer, view.state(now)));
  return check_blobs(floors, view, now);
}

/// The container stays, out of the way, until its time is over.
void keep(ledger::Effect& effect, const Floors& floors, const ContainerView& view, const ContainerRef& ref,
          Timestamp now) {
  const blobs::Deletion deletion{.deleted = now, .kept_until = now + floors.keeping.containers};
  const auto version = blobs::Moment::next(now, {});
  auto head = *view.head;
  blobs::set_attribute(head.attributes, std::optional<blobs::Lease>());
  blobs::set_attribute(head.attributes, std::optional(blobs::ContainerDeletion{deletion}));
  effect.writes.push_back(blobs::seal(
      *view.keys, blobs::deleted_container_key(ref.account, ref.container, version), encode_container(head)));
  effect.writes.push_back(
      blobs::write_task({deletion.kept_until, ref.account.text(),
                         blobs::DeletedContainer{head.id, ref.container.text(), version.ticks()}}));
}

Task<Result<void>> attempt_delete(const Floors& floors, policy::Exchange& exchange,
                                  const DeleteContainer& request) {
  const auto now = floors.clock.now();
  const auto& ref = request.container;
  auto view = CO_TRY(look_up(floors, ref));
  const auto seen = floors.store.version();
  auto decision = floors.gate.decide(
      exchange, {.action = policy::actions::kContainerDelete, .resource = resource(ref), .bounds = {}});
  auto fit = check(floors, view, request, now);
  if (!fit)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, fit.error()));
  ledger::Effect effect{.guards = view.guards,
                        .writes = {{blobs::container_key(ref.account, ref.container), std::nullopt}},
                        .untouched = {{blobs::protected_name(view.head->id), seen}}};
  if (floors.keeping.containers.count() > 0)
    keep(effect, floors, view, ref, now);
  else
    effect.writes.push_back(
        blobs::write_task({now, ref.account.text(), blobs::DeadContainer{view.head->id}}));
  CO_TRY(co_await floors.ledger.commit(exchange, std::move(decision), {.status = 202}, std::move(effect)));
  co_return Result<void>{};
}

}  // namespace

Task<Result<void>> delete_container(const Floors& floors, policy::Exchange& exchange,
                                    const DeleteContainer& request) {
  auto attempt = [&] { return attempt_delete(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.container, attempt);
}

}  // namespace vitrine::operations
