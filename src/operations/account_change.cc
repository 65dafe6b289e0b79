#include "operations/account_change.h"

#include <fmt/format.h>

#include "operations/settle.h"

namespace vitrine::operations {
namespace {

/// An account as a commit left it.
struct CommittedAccount {
  identity::Account account;
  store::Version version;
};

Task<Result<CommittedAccount>> attempt_change(const Floors& floors, policy::Exchange& exchange,
                                              const identity::AccountName& name,
                                              const AccountChange& change) {
  auto row = CO_TRY(floors.store.look_up(identity::account_key(name)));
  if (!row.exists())
    co_return fail(Code::AccountNotFound, fmt::format("There is no account '{}'.", name.text()));
  const auto keys = CO_TRY(floors.keys.any_of(name.text()));
  auto account = CO_TRY(identity::open_account(CO_TRY(identity::decode_account_row(row.value)), *keys));
  auto decision = decide_on_account(floors, exchange, change.action, name, change.subject);
  if (auto error = change.alter(account))
    co_return std::unexpected(co_await refuse(floors, exchange, std::move(decision),
                                              {row.guard(store::Table::State)}, std::move(*error)));
  auto committed = CO_TRY(co_await floors.ledger.commit(
      exchange, std::move(decision), {.status = change.status},
      {.guards = {row.guard(store::Table::State)},
       .writes = {{identity::account_key(name), identity::encode_account(account, *keys)}}}));
  co_return CommittedAccount{std::move(account), committed.version()};
}

}  // namespace

policy::Decision decide_on_account(const Floors& floors, const policy::Exchange& exchange,
                                   policy::Action action, const identity::AccountName& account,
                                   std::string subject) {
  return floors.gate.decide(
      exchange, {.action = action, .resource = {account.text(), {}, std::move(subject)}, .bounds = {}});
}

Task<Result<identity::Account>> change_account(const Floors& floors, identity::AccountDirectory& accounts,
                                               policy::Exchange& exchange, const identity::AccountName& name,
                                               AccountChange change) {
  auto attempt = [&] { return attempt_change(floors, exchange, name, change); };
  auto committed = CO_TRY(co_await until_settled(attempt));
  accounts.replace(committed.account, committed.version);
  co_return std::move(committed.account);
}

}  // namespace vitrine::operations
