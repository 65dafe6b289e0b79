#include "operations/data_keys.h"

#include <fmt/format.h>

#include "base/log.h"
#include "operations/account_change.h"

namespace vitrine::operations {
namespace {

Error destroyed(const identity::Account& account) {
  return {Code::ContentDestroyed,
          fmt::format("The data keys of the account '{}' were destroyed.", account.name.text()),
          {}};
}

bool has_content_keys(const identity::Account& account) {
  return account.data_keys.back().epoch != keys::kOwnKey;
}

/// Two changes at once may come here in any order: the last word is the directory's.
Result<void> take_in(const Floors& floors, const identity::AccountDirectory& accounts,
                     const identity::AccountName& name) {
  for (auto ring = accounts.find(name.text());;) {
    floors.keys.put({{name.text(), TRY(floors.keys.open(identity::keys_of(ring->account())))}});
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
    if (!has_content_keys(account)) return destroyed(account);
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
  if (name.text() == identity::kSystemAccount)
    co_return fail(Code::InvalidInput,
                   "The account 'system' is the server's own and holds no content: its keys stay.");
  std::size_t epochs = 0;
  auto destroy = [&](identity::Account& account) -> std::optional<Error> {
    epochs = account.data_keys.size() - 1;
    account.data_keys.resize(1);
    return std::nullopt;
  };
  auto account = CO_TRY(co_await change_account(floors, accounts, exchange, name,
                                                {policy::actions::kDataKeysDestroy, 200, destroy}));
  floors.keys.forget_content(name.text());
  floors.heads.clear();
  const auto row = identity::account_key(name);
  auto erased = co_await floors.store.erase_traces(row.table, row.bytes, row.bytes);
  if (!erased)
    log::error("Destroyed data keys are still in the store's files, wrapped",
               {{"account", name.text()}, {"error", erased.error().message}});
  std::optional<Error> left;
  if (!erased) left = std::move(erased).error();
  co_return Destroyed{std::move(account), epochs, std::move(left)};
}

}  // namespace vitrine::operations
