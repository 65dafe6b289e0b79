#include "operations/restores.h"

#include "blobs/sealed.h"
#include "operations/blob_change.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

Task<Result<void>> attempt_undelete(const Floors& floors, policy::Exchange& exchange,
                                    const UndeleteBlob& request) {
  auto change = CO_TRY(co_await BlobChange::open(
      floors, exchange,
      {.intent = {.action = policy::actions::kBlobUndelete, .resource = resource(request.blob), .bounds = {}},
       .blob = request.blob,
       .conditions = {},
       .guarded = blobs::kLeaseBlob,
       .presence = Presence::Optional,
       .spares_state = true}));
  auto restored = CO_TRY(blobs::restore(change.name(), change.now()));
  if (!restored && !change.found().head)
    co_return std::unexpected(co_await change.refuse(exchange, *change.found().missing()));
  if (restored) change.add(std::move(*restored));
  CO_TRY(co_await change.commit(exchange, {.status = 200}));
  co_return Result<void>{};
}

/// A deleted container that may be restored.
struct Deleted {
  blobs::ContainerHead head;
  blobs::Deletion deletion;
  store::Guard guard;
};
/// Nothing when there is none, or its time is over. Errors: Corrupt, those of the store.
Result<std::optional<Deleted>> find(const Floors& floors, const keys::DataKeys& keys, const store::Key& key) {
  const auto row = TRY(floors.store.look_up(key));
  if (!row.exists()) return std::optional<Deleted>();
  auto head = TRY(blobs::decode_container(TRY(blobs::open(keys, key, row.value))));
  const auto deletion = TRY(blobs::attribute<blobs::ContainerDeletion>(head.attributes));
  if (!deletion || !blobs::is_restorable(deletion->deletion, floors.clock.now()))
    return std::optional<Deleted>();
  return std::optional(Deleted{std::move(head), deletion->deletion, row.guard(key.table)});
}

Task<Result<void>> attempt_restore(const Floors& floors, policy::Exchange& exchange,
                                   const RestoreContainer& request) {
  const auto& account = request.container.account;
  auto view = CO_TRY(look_up(floors, request.container));
  auto decision = floors.gate.decide(
      exchange,
      {.action = policy::actions::kContainerRestore, .resource = resource(request.container), .bounds = {}});
  const auto key = blobs::deleted_container_key(account, request.was_called, request.deleted);
  auto found = CO_TRY(find(floors, *view.keys, key));
  const Error exists{Code::ContainerAlreadyExists, "The specified container already exists.", {}};
  if (view.head || !found)
    co_return std::unexpected(co_await refuse(floors, exchange, std::move(decision), view.guards,
                                              view.head ? exists : ContainerView::not_found()));
  ledger::Effect effect{.guards = view.guards, .grows = true};
  effect.guards.push_back(std::move(found->guard));
  blobs::set_attribute(found->head.attributes, std::optional<blobs::ContainerDeletion>());
  effect.writes = {blobs::seal(*view.keys, blobs::container_key(account, request.container.container),
                               blobs::encode_container(found->head)),
                   {key, std::nullopt},
                   {blobs::task_key({found->deletion.kept_until, account.text(),
                                     blobs::DeletedContainer{found->head.id, request.was_called.text(),
                                                             request.deleted.ticks()}}),
                    std::nullopt}};
  CO_TRY(co_await floors.ledger.commit(exchange, std::move(decision), {.status = 201}, std::move(effect)));
  co_return Result<void>{};
}

}  // namespace

Task<Result<void>> undelete_blob(const Floors& floors, policy::Exchange& exchange,
                                 const UndeleteBlob& request) {
  auto attempt = [&] { return attempt_undelete(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.blob, attempt);
}

Task<Result<void>> restore_container(const Floors& floors, policy::Exchange& exchange,
                                     const RestoreContainer& request) {
  auto attempt = [&] { return attempt_restore(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.container, attempt);
}

}  // namespace vitrine::operations
