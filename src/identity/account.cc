#include "identity/account.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/cbor.h"
#include "identity/emulator.h"

namespace vitrine::identity {
namespace {

constexpr std::uint64_t kFormat = 1;
constexpr std::size_t kMostKeys = 1024;
constexpr std::size_t kKeyItems = 5;
constexpr std::size_t kMostEpochs = 100'000;
constexpr std::size_t kMostPurposes = 1024;

/// Stored text that its own parser refuses is damage, not input.
template <class Text>
Result<Text> read_name(CborReader& reader) {
  auto parsed = Text::parse(TRY(reader.text()));
  if (!parsed)
    return fail(Code::Corrupt, "A stored account holds an invalid name. " + parsed.error().message);
  return std::move(*parsed);
}

void write_key(CborWriter& writer, const AccessKey& key) {
  writer.array(kKeyItems + (key.asks_promises ? 1 : 0))
      .text(key.name.text())
      .bytes(key.secret)
      .text(key.default_purpose.text());
  writer.array(key.allowed_purposes.size());
  for (const auto& purpose : key.allowed_purposes) writer.text(purpose.text());
  writer.integer(to_micros(key.created));
  if (key.asks_promises) writer.boolean(true);
}

Result<AccessKey> read_key(CborReader& reader) {
  const auto items = TRY(reader.array_up_to(kKeyItems + 1));
  if (items < kKeyItems) return fail(Code::Corrupt, "A stored key lacks a part.");
  auto name = TRY(read_name<KeyName>(reader));
  auto secret = to_bytes(TRY(reader.bytes()));
  auto default_purpose = TRY(read_name<PurposeId>(reader));
  std::vector<PurposeId> allowed;
  for (auto left = TRY(reader.array_up_to(kMostPurposes)); left > 0; --left)
    allowed.push_back(TRY(read_name<PurposeId>(reader)));
  auto created = from_micros(TRY(reader.integer()));
  const bool asks_promises = items > kKeyItems;
  if (asks_promises && !TRY(reader.boolean()))
    return fail(Code::Corrupt, "A stored key says in so many words that it does not ask for promises.");
  return AccessKey{std::move(name),    std::move(secret), std::move(default_purpose),
                   std::move(allowed), created,           asks_promises};
}

Result<std::vector<keys::WrappedKey>> read_data_keys(CborReader& reader) {
  std::vector<keys::WrappedKey> keys;
  for (auto left = TRY(reader.array_up_to(kMostEpochs)); left > 0; --left) {
    TRY(reader.array(2));
    const auto epoch = TRY(reader.unsigned_int());
    const bool follows = keys.empty() ? epoch == keys::kOwnKey : epoch > keys.back().epoch;
    if (!follows || epoch > UINT32_MAX)
      return fail(Code::Corrupt, "A stored account's data keys are out of order.");
    keys.push_back({static_cast<keys::Epoch>(epoch), to_bytes(TRY(reader.bytes()))});
  }
  if (keys.empty()) return fail(Code::Corrupt, "A stored account has no key of its own.");
  return keys;
}

keys::Place place_of(std::string_view row) {
  return {static_cast<std::uint8_t>(store::Table::State), row};
}

}  // namespace

store::Key account_key(const AccountName& name) {
  return {store::Table::State, std::string(kAccountPrefix) + name.text()};
}

bool AccessKey::allows(const PurposeId& purpose) const {
  return purpose == default_purpose || std::ranges::find(allowed_purposes, purpose) != allowed_purposes.end();
}

std::string encode_account(const Account& account, const keys::DataKeys& keys) {
  CborWriter secret;
  secret.array(2).array(account.keys.size());
  for (const auto& key : account.keys) write_key(secret, key);
  secret.bytes(account.log_salt);

  const auto row = account_key(account.name).bytes;
  CborWriter writer;
  writer.array(7).unsigned_int(kFormat).text(account.name.text()).text(account.organisation.text());
  writer.unsigned_int(account.slot).bytes(account.journal).array(account.data_keys.size());
  for (const auto& key : account.data_keys) writer.array(2).unsigned_int(key.epoch).bytes(key.wrapped);
  writer.bytes(as_bytes(keys.seal_own(place_of(row), as_text(secret.view()))));
  return std::string(as_text(writer.view()));
}

Result<AccountRow> decode_account_row(std::string_view row) {
  CborReader reader(as_bytes(row));
  TRY(reader.array(7));
  if (TRY(reader.unsigned_int()) != kFormat)
    return fail(Code::Corrupt, "A stored account is of an unknown format version; upgrade the server.");
  auto name = TRY(read_name<AccountName>(reader));
  auto organisation = TRY(read_name<OrganisationId>(reader));
  auto slot = TRY(reader.unsigned_int());
  if (slot > UINT32_MAX) return fail(Code::Corrupt, "A stored account's slot is out of range.");
  Account account{std::move(name), std::move(organisation), static_cast<std::uint32_t>(slot), {}, {}};
  std::ranges::copy(TRY(reader.bytes(account.journal.size())), account.journal.begin());
  account.data_keys = TRY(read_data_keys(reader));
  std::string sealed(as_text(TRY(reader.bytes())));
  TRY(reader.end());
  return AccountRow{std::move(account), std::move(sealed)};
}

Result<Account> open_account(AccountRow row, const keys::DataKeys& keys) {
  auto account = std::move(row.account);
  const auto key = account_key(account.name).bytes;
  const auto secret = TRY(keys.open(place_of(key), row.sealed));
  CborReader reader(as_bytes(secret));
  TRY(reader.array(2));
  for (auto left = TRY(reader.array_up_to(kMostKeys)); left > 0; --left) {
    auto key = TRY(read_key(reader));
    if (std::ranges::count(account.keys, key.name, &AccessKey::name) > 0)
      return fail(Code::Corrupt, fmt::format("A stored account has two keys '{}'.", key.name.text()));
    account.keys.push_back(std::move(key));
  }
  std::ranges::copy(TRY(reader.bytes(account.log_salt.size())), account.log_salt.begin());
  TRY(reader.end());
  return account;
}

keys::AccountKeys keys_of(const Account& account) {
  return {account.name.text(), account.journal, account.data_keys};
}

Result<void> check_fit_for_production(const Account& account) {
  if (account.keys.empty())
    return fail(Code::InvalidInput, fmt::format("Account '{}' has no key; create one.", account.name.text()));
  for (const auto& key : account.keys) {
    if (key.secret.size() < kLeastSecretSize)
      return fail(Code::InvalidInput,
                  fmt::format("Key '{}' of account '{}' has fewer than {} bytes; let the server make one.",
                              key.name.text(), account.name.text(), kLeastSecretSize));
    if (is_well_known(key.secret))
      return fail(
          Code::InvalidInput,
          fmt::format("Key '{}' of account '{}' is an emulator's published key and protects nothing; start "
                      "with another --data-dir.",
                      key.name.text(), account.name.text()));
  }
  return {};
}

}  // namespace vitrine::identity
