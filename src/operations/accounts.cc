#include "operations/accounts.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/cbor.h"
#include "base/encoding.h"
#include "crypto/mac.h"
#include "identity/slot.h"
#include "ledger/sealed_journals.h"
#include "ledger/sealer.h"
#include "operations/account_change.h"
#include "operations/operator_key.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

constexpr std::size_t kSecretBytes = 64;
constexpr keys::Epoch kFirstEpoch = 1;

Result<identity::AccessKey> make_key(const Floors& floors, NewKey key) {
  auto purposes = key.allowed_purposes;
  purposes.push_back(key.default_purpose);
  for (const auto& purpose : purposes)
    if (!floors.gate.purposes().find(purpose.text()))
      return fail(Code::InvalidInput,
                  fmt::format("'{}' is not a purpose of this server's register; choose one of: {}.",
                              purpose.text(), fmt::join(floors.gate.purposes().ids(), ", ")));
  if (key.secret.empty()) {
    key.secret.resize(kSecretBytes);
    crypto::fill_random(key.secret);
  }
  return identity::AccessKey{std::move(key.name),
                             std::move(key.secret),
                             std::move(key.default_purpose),
                             std::move(key.allowed_purposes),
                             floors.clock.now(),
                             key.asks_promises};
}

/// "press: journalism, archive; promises": the default purpose, those it may choose, and what it asks for.
std::string describe(const identity::AccessKey& key) {
  auto text = fmt::format("{}: {}", key.name.text(), key.default_purpose.text());
  for (const auto& purpose : key.allowed_purposes) text += ", " + purpose.text();
  return key.asks_promises ? text + "; promises" : text;
}

std::string describe(const std::vector<identity::AccessKey>& keys) {
  std::string text;
  for (const auto& key : keys) text.append(text.empty() ? "" : " | ").append(describe(key));
  return text;
}

evidence::AccountCreated announcement(const identity::Account& account) {
  return {account.slot,
          evidence::account_commitment({account.log_salt}, account.name.text(), {account.journal}, {})};
}

/// An account as a commit left it.
struct CommittedAccount {
  identity::Account account;
  std::shared_ptr<const keys::DataKeys> data_keys;
  store::Version version;
};

Task<Result<CommittedAccount>> attempt_create(const Floors& floors, policy::Exchange& exchange,
                                              const CreateAccount& request,
                                              const std::vector<identity::AccessKey>& keys) {
  const auto operator_key = CO_TRY(floors.store.look_up(operator_key_row()));
  auto account_row = CO_TRY(floors.store.look_up(identity::account_key(request.name)));
  auto decision =
      decide_on_account(floors, exchange, policy::actions::kAccountCreate, request.name, describe(keys));
  if (account_row.exists()) {
    auto known = CO_TRY(identity::decode_account_row(account_row.value)).account;
    const auto place = CO_TRY(identity::decode_slot(
        known.slot, CO_TRY(floors.store.look_up(identity::slot_key(known.slot))).value));
    exchange.slot = place.stream;
    exchange.journal = place.journal;
    Error error{Code::AccountAlreadyExists,
                fmt::format("There is an account '{}' already.", request.name.text()),
                {}};
    co_return std::unexpected(co_await refuse(floors, exchange, std::move(decision),
                                              {account_row.guard(store::Table::State)}, std::move(error)));
  }
  auto slot_row = CO_TRY(floors.store.look_up(identity::next_slot_key()));
  identity::Account account{.name = request.name,
                            .organisation = request.organisation,
                            .slot = CO_TRY(identity::decode_next_slot(slot_row)),
                            .journal = crypto::random_array<32>(),
                            .keys = keys,
                            .log_salt = crypto::random_array<32>(),
                            .data_keys = {CO_TRY(floors.keys.make(request.name.text(), keys::kOwnKey)),
                                          CO_TRY(floors.keys.make(request.name.text(), kFirstEpoch))}};
  auto data_keys = CO_TRY(floors.keys.open(identity::keys_of(account)));
  exchange.slot = account.slot;
  exchange.journal = account.journal;
  auto order = fmt::format("{:08x}", account.slot);
  ledger::Effect effect{
      .guards = {account_row.guard(store::Table::State), slot_row.guard(store::Table::State),
                 operator_key.guard(store::Table::State)},
      .writes = {{identity::account_key(account.name), identity::encode_account(account, *data_keys)},
                 {identity::slot_key(account.slot), identity::encode_slot(account.slot, account.records())},
                 {identity::next_slot_key(), identity::encode_next_slot(account.slot + 1)},
                 ledger::pending_entry(announcement(account), order)},
      .grows = true};
  auto committed = CO_TRY(
      co_await floors.ledger.commit(exchange, std::move(decision), {.status = 201}, std::move(effect)));
  co_return CommittedAccount{std::move(account), std::move(data_keys), committed.version()};
}

policy::Exchange exchange_of(const Floors& floors, const identity::Account& account,
                             identity::Principal principal, std::string request_id) {
  auto purpose = principal.default_purpose.text();
  return {.principal = std::move(principal),
          .purpose = std::move(purpose),
          .slot = account.records().stream,
          .journal = account.records().journal,
          .request_id = std::move(request_id),
          .client_class = "server",
          .received = floors.clock.now()};
}

}  // namespace

policy::Exchange operator_exchange(const Floors& floors, const identity::Account& account,
                                   std::string request_id, std::string client_address) {
  return exchange_of(floors, account, identity::Principal::of_operator(account, std::move(client_address)),
                     std::move(request_id));
}

policy::Exchange system_exchange(const Floors& floors, const identity::Account& account) {
  return exchange_of(floors, account, identity::Principal::of_system(account),
                     to_hex(crypto::random_array<16>()));
}

Task<Result<identity::Account>> create_account(const Floors& floors, identity::AccountDirectory& accounts,
                                               policy::Exchange& exchange, CreateAccount request) {
  std::vector<identity::AccessKey> keys;
  for (auto& key : request.keys) keys.push_back(CO_TRY(make_key(floors, std::move(key))));
  auto attempt = [&] { return attempt_create(floors, exchange, request, keys); };
  auto committed = CO_TRY(co_await until_settled(attempt));
  floors.keys.put({{request.name.text(), committed.data_keys}});
  accounts.replace(committed.account, committed.version);
  co_return std::move(committed.account);
}

Task<Result<identity::Account>> create_key(const Floors& floors, identity::AccountDirectory& accounts,
                                           policy::Exchange& exchange, const identity::AccountName& name,
                                           NewKey key) {
  auto made = CO_TRY(make_key(floors, std::move(key)));
  auto add = [&](identity::Account& account) -> std::optional<Error> {
    if (std::ranges::count(account.keys, made.name, &identity::AccessKey::name) > 0)
      return Error{Code::KeyAlreadyExists,
                   fmt::format("The account '{}' has a key '{}' already.", name.text(), made.name.text()),
                   {}};
    account.keys.push_back(made);
    return std::nullopt;
  };
  co_return co_await change_account(floors, accounts, exchange, name,
                                    {policy::actions::kKeyCreate, 201, add, describe(made)});
}

Task<Result<identity::Account>> remove_key(const Floors& floors, identity::AccountDirectory& accounts,
                                           policy::Exchange& exchange, const identity::AccountName& name,
                                           const identity::KeyName& key) {
  auto remove = [&](identity::Account& account) -> std::optional<Error> {
    if (std::erase_if(account.keys, [&](const auto& known) { return known.name == key; }) == 0)
      return Error{Code::ResourceNotFound,
                   fmt::format("The account '{}' has no key '{}'.", name.text(), key.text()),
                   {}};
    if (account.keys.empty())
      return Error{Code::InvalidInput, "An account keeps one key at least: add another one first.", {}};
    return std::nullopt;
  };
  co_return co_await change_account(floors, accounts, exchange, name,
                                    {policy::actions::kKeyRemove, 200, remove, key.text()});
}

}  // namespace vitrine::operations
