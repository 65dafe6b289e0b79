// Every account's data keys, unwrapped in memory.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/snapshot_map.h"
#include "keys/key_broker.h"

namespace vitrine::keys {

/// A data key as it is stored: only the operator's key opens it.
struct WrappedKey {
  Epoch epoch = 0;
  Bytes wrapped;

  friend bool operator==(const WrappedKey&, const WrappedKey&) = default;
};

/// An account and the keys that it has; none: they were destroyed.
struct AccountKeys {
  std::string account;
  Owner owner{};
  std::span<const WrappedKey> wrapped;
};

/// Readers never wait; a change replaces the whole map.
class KeyDirectory {
 public:
  /// The broker must outlive it.
  explicit KeyDirectory(KeyBroker& broker) : broker_(broker) {}

  /// A new random key for the account, for storage. Errors: those of KeyBroker::wrap.
  [[nodiscard]] Result<WrappedKey> make(std::string_view account, Epoch epoch) const;
  /// From now on these are the accounts' keys, all of them or none. Errors: those of KeyBroker::unwrap.
  Result<void> replace(std::span<const AccountKeys> accounts);
  /// Errors: Unavailable for an account without keys.
  [[nodiscard]] Result<std::shared_ptr<const DataKeys>> of(std::string_view account) const;

 private:
  KeyBroker& broker_;
  SnapshotMap<std::shared_ptr<const DataKeys>> keys_;
};

}  // namespace vitrine::keys
