#include "operations/data_keys.h"

#include <fmt/format.h>

#include "base/log.h"
#include "operations/account_change.h"

namespace vitrine::operations {
namespace {

Error destroyed(const identity::Account& account) {
  return {Code::Unavailable,
          fmt::format("The data keys of the account '{}' were destroyed.", account.name.text()),
          {}};
}

/// Two changes at once may come here in any order: the last word is the directory's.
Result<void> take_in(const Floors& floors, const identity::AccountDirectory& accounts,
                     const identity::AccountName& name) {
  for (auto ring = accounts.find(name.text());;) {
    auto keys = identity::keys_of(ring->account());
    TRY(floors.keys.replace(std::span(&keys, 1)));
    auto current = accounts.find(name.text());
    if (current == ring) return {};
    ring = std::move(current);
  }
}

}  // namespace

Task<Result<identity::Account>> rotate_data_key(const Floors& floors, identity::AccountDirectory& accounts,
                                                policy::Exchange& exchange,
                                                const identity::AccountName& name) {
  auto begin_epoch = [&](identity::Account& account) -> std::optional<Error> {
    if (account.data_keys.empty()) return destroyed(account);
    auto made = floors.keys.make(name.text(), account.data_keys.back().epoch + 1);
    if (!made) return made.error();
    account.data_keys.push_back(std::move(*made));
    return std::nullopt;
  };
  auto account = CO_TRY(co_await change_account(floors, accounts, exchange, name,
                                                {policy::actions::kDataKeyRotate, 201, begin_epoch}));
  CO_TRY(take_in(floors, accounts, name));
  co_return account;
}

Task<Result<Destroyed>> destroy_data_keys(const Floors& floors, identity::AccountDirectory& accounts,
                                          policy::Exchange& exchange, const identity::AccountName& name) {
  std::size_t epochs = 0;
  auto destroy = [&](identity::Account& account) -> std::optional<Error> {
    if (account.data_keys.empty()) return destroyed(account);
    epochs = account.data_keys.size();
    account.data_keys.clear();
    return std::nullopt;
  };
  auto account = CO_TRY(co_await change_account(floors, accounts, exchange, name,
                                                {policy::actions::kDataKeysDestroy, 200, destroy}));
  CO_TRY(take_in(floors, accounts, name));
  auto erased = co_await floors.store.erase_traces(identity::account_key(name));
  if (!erased)
    log::error("Destroyed data keys are still in the store's files, wrapped",
               {{"account", name.text()}, {"error", erased.error().message}});
  co_return Destroyed{std::move(account), epochs, erased.has_value()};
}

}  // namespace vitrine::operations
