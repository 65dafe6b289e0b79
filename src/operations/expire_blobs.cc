#include "operations/expire_blobs.h"

#include <algorithm>

#include "base/log.h"
#include "blobs/sealed.h"
#include "operations/accounts.h"
#include "operations/blob_change.h"
#include "operations/settle.h"
#include "store/key_range.h"

namespace vitrine::operations {
namespace {

bool has_expired(const std::optional<blobs::BlobHead>& head, Timestamp now) {
  return head && !head->deletion && blobs::is_expired(head->attributes, now).value_or(false);
}

/// What the container is called; nothing when it is not there. Costs a look at all of the account's: the keys
/// of blobs do not have the name. Errors: those of the store.
Result<std::optional<blobs::ContainerName>> name_of(const Floors& floors, const keys::DataKeys& keys,
                                                    const identity::AccountName& account,
                                                    const blobs::ContainerId& container) {
  const auto prefix = blobs::container_prefix(account);
  auto rows = TRY(floors.store.scanner(store::Table::State, prefix, store::key_after_prefix(prefix)));
  while (const auto row = TRY(rows.next())) {
    const std::string key(row->key);
    const auto head =
        TRY(blobs::decode_container(TRY(blobs::open(keys, {store::Table::State, key}, row->value))));
    if (head.id == container)
      return std::optional(TRY(blobs::ContainerName::parse(key.substr(prefix.size()))));
  }
  return std::optional<blobs::ContainerName>();
}

Task<Result<void>> attempt(const Floors& floors, policy::Exchange& exchange, const BlobRef& blob,
                           const blobs::ContainerId& container) {
  auto change = CO_TRY(co_await BlobChange::open(
      floors, exchange,
      {.intent = {.action = policy::actions::kBlobDelete, .resource = resource(blob), .bounds = {.items = 1}},
       .blob = blob,
       .conditions = {},
       .guarded = blobs::kLeaseBlob,
       .presence = Presence::Optional,
       .spares_state = true}));
  // The container's name may be another one's by now.
  const bool is_it = change.container() == container && has_expired(change.state().head, change.now());
  if (!is_it) co_return Result<void>{};
  const ledger::Outcome outcome{.status = 202, .content_root = change.state().head->content_root};
  auto ended = CO_TRY(blobs::end_expired(change.name(), change.now()));
  if (ended) change.add(std::move(*ended));
  CO_TRY(co_await change.commit(exchange, outcome));
  co_return Result<void>{};
}

}  // namespace

Task<Result<std::size_t>> BlobExpiry::run(std::size_t most) {
  const auto now = floors_.clock.now();
  const auto to = blobs::task_key_after(now + kUntilCollected);
  Names names;
  const auto rows = CO_TRY(floors_.store.scan(store::Table::State, from_, to, most));
  for (const auto& row : rows) {
    from_ = row.key + '\0';
    const auto task = blobs::decode_task(row.key, row.value);
    // The Collector tells of one that cannot be read.
    const auto* states = task ? std::get_if<blobs::DeletedStates>(&task->remains) : nullptr;
    if (!states) continue;
    if (auto looked = co_await look_at(*task, *states, names); !looked)
      log::warn("an expired blob was not deleted; the collection will take it away",
                {{"error", looked.error().message}});
  }
  // What is due sooner from now on is not about expiry; a minute is left to commits under way.
  if (rows.size() < most)
    from_ = std::max(from_, blobs::task_key_after(now + kUntilCollected - std::chrono::minutes(1)));
  co_return rows.size();
}

Task<Result<void>> BlobExpiry::look_at(const blobs::CollectionTask& task, const blobs::DeletedStates& states,
                                       Names& names) {
  const auto ring = accounts_.find(task.account);
  const auto blob = blobs::BlobName::parse(states.blob);
  if (!ring || !blob) co_return Result<void>{};
  const auto& account = ring->account();
  const auto keys = floors_.keys.of(task.account);
  if (!keys) co_return Result<void>{};
  const auto row = CO_TRY(floors_.store.look_up(blobs::blob_key(states.container, *blob)));
  const auto state = CO_TRY(blobs::open_name(**keys, row));
  if (!has_expired(state.head, floors_.clock.now())) co_return Result<void>{};
  if (!names.contains(states.container))
    names.emplace(states.container, CO_TRY(name_of(floors_, **keys, account.name, states.container)));
  const auto& container = names.at(states.container);
  if (!container) co_return Result<void>{};
  const BlobRef ref{account.name, *container, *blob};
  auto exchange = system_exchange(floors_, account);
  auto once = [&] { return attempt(floors_, exchange, ref, states.container); };
  co_return co_await until_settled(floors_.turns, ref, once);
}

}  // namespace vitrine::operations
