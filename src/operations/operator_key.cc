#include "operations/operator_key.h"

#include "base/log.h"
#include "operations/account_change.h"
#include "operations/settle.h"
#include "store/key_range.h"

namespace vitrine::operations {
namespace {

/// From its commit on no account comes into being with keys wrapped under the operator's key before.
Task<Result<ledger::Committed>> attempt_begin(const Floors& floors, policy::Exchange& exchange) {
  const auto row = CO_TRY(floors.store.look_up(operator_key_row()));
  auto decision =
      decide_on_account(floors, exchange, policy::actions::kOperatorKeyRotate, exchange.principal.account);
  co_return co_await floors.ledger.commit(
      exchange, std::move(decision), {.status = 200},
      {.guards = {row.guard(store::Table::State)}, .writes = {{operator_key_row(), exchange.request_id}}});
}

Task<Result<std::size_t>> rewrap(const Floors& floors, identity::AccountDirectory& accounts,
                                 const policy::Exchange& cause, const identity::Account& account) {
  auto exchange = operator_exchange(floors, account, cause.request_id, cause.principal.client_address);
  auto wrap_anew = [&](identity::Account& changed) -> std::optional<Error> {
    for (auto& key : changed.data_keys) {
      auto wrapped = floors.keys.rewrap(changed.name.text(), key);
      if (!wrapped) return wrapped.error();
      key = std::move(*wrapped);
    }
    return std::nullopt;
  };
  const auto changed = CO_TRY(co_await change_account(floors, accounts, exchange, account.name,
                                                      {policy::actions::kDataKeysRewrap, 200, wrap_anew}));
  co_return changed.data_keys.size();
}

}  // namespace

store::Key operator_key_row() {
  return {store::Table::State, "operator-key"};
}

Task<Result<OperatorKeyRotation>> rotate_operator_key(const Floors& floors,
                                                      identity::AccountDirectory& accounts,
                                                      policy::Exchange& exchange) {
  auto rotation = CO_TRY(floors.keys.begin_rotation());
  auto begin = [&] { return attempt_begin(floors, exchange); };
  CO_TRY(co_await until_settled(begin));
  OperatorKeyRotation done;
  const std::string prefix(identity::kAccountPrefix), end = store::key_after_prefix(prefix);
  for (const auto& row : CO_TRY(floors.store.scan(store::Table::State, prefix, end, SIZE_MAX))) {
    const auto stored = CO_TRY(identity::decode_account_row(row.value));
    done.keys += CO_TRY(co_await rewrap(floors, accounts, exchange, stored.account));
    ++done.accounts;
  }
  const auto erased = co_await floors.store.erase_traces(store::Table::State, prefix, end);
  if (!erased)
    log::error("Data keys wrapped under the operator's key before are still in the store's files",
               {{"error", erased.error().message}});
  done.erased_on_disk = erased.has_value();
  CO_TRY(rotation.end());
  co_return done;
}

}  // namespace vitrine::operations
