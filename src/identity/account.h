// Storage accounts and the keys that act for them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"
#include "identity/names.h"
#include "keys/key_directory.h"
#include "store/entry.h"

namespace vitrine::identity {

/// Names an account's journal for ever; random, so that it tells nothing.
using JournalId = std::array<std::uint8_t, 32>;

/// A journal, and the store's stream that holds its records.
struct JournalPlace {
  std::uint32_t stream = 0;
  JournalId journal{};
  friend bool operator==(const JournalPlace&, const JournalPlace&) = default;
};

/// One of an account's named keys, bound to the purposes it may act for.
struct AccessKey {
  KeyName name;
  Bytes secret;
  PurposeId default_purpose;
  std::vector<PurposeId> allowed_purposes;  ///< besides the default
  Timestamp created;
  bool asks_promises = false;  ///< each of its requests asks for a promise, unless it says otherwise

  [[nodiscard]] bool allows(const PurposeId& purpose) const;
  friend bool operator==(const AccessKey&, const AccessKey&) = default;
};

/// A storage account as it is stored.
struct Account {
  AccountName name;
  OrganisationId organisation;
  std::uint32_t slot = 0;  ///< its fixed place in the heads tree
  JournalId journal{};     ///< its first one; its keys and content are bound to this id for ever
  std::vector<AccessKey> keys;
  /// Opens the commitment by which the public log announced the account: its holder can prove which one is
  /// theirs.
  std::array<std::uint8_t, 32> log_salt{};
  /// Its own key, then those its content is encrypted under, wrapped by the operator's key; no others when
  /// those were destroyed.
  std::vector<keys::WrappedKey> data_keys{};
  /// Where its records go since a journal of it was lost; in the slot's row, not in the account's.
  std::optional<JournalPlace> successor{};

  /// Where its records go.
  [[nodiscard]] JournalPlace records() const { return successor.value_or(JournalPlace{slot, journal}); }

  friend bool operator==(const Account&, const Account&) = default;
};

/// Before every account's name in the State table.
inline constexpr std::string_view kAccountPrefix = "account/";
/// Where an account is kept.
store::Key account_key(const AccountName& name);

/// Deterministic CBOR: [1, name, organisation, slot, journal, [[epoch, wrapped data key]], sealed]. Under the
/// account's own key lies, as CBOR: [[key], log salt]; a key is
/// [key name, secret, default, [allowed], created], with `true` behind it when it asks for promises.
/// Precondition: these are the account's keys.
std::string encode_account(const Account& account, const keys::DataKeys& keys);

/// What an account's row tells without its key.
struct AccountRow {
  Account account;  ///< without keys and log salt
  std::string sealed;
};
/// Errors: Corrupt, also for names that no parser would accept.
Result<AccountRow> decode_account_row(std::string_view row);
/// The exact inverse of encode_account. Errors: Corrupt, also for repeated key names; those of
/// DataKeys::open.
Result<Account> open_account(AccountRow row, const keys::DataKeys& keys);

/// As the key directory takes them in. The account must outlive it.
keys::AccountKeys keys_of(const Account& account);

/// What a key needs at least to be safe against guessing, in bytes.
inline constexpr std::size_t kLeastSecretSize = 32;

/// Whether the account may exist on a server that is not a development one: it has a key, no key is short
/// and none is an emulator's published one. Errors: InvalidInput naming the key.
Result<void> check_fit_for_production(const Account& account);

}  // namespace vitrine::identity
