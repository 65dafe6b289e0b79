// Every account's data keys, unwrapped in memory.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/snapshot_map.h"
#include "keys/key_broker.h"

namespace vitrine::keys {

/// A data key as it is stored: only the operator's key opens it.
struct WrappedKey {
  Epoch epoch = 0;
  Bytes wrapped;

  friend bool operator==(const WrappedKey&, const WrappedKey&) = default;
};

/// An account and the keys that it has, its own first.
struct AccountKeys {
  std::string account;
  Owner owner{};
  std::span<const WrappedKey> wrapped;
};

/// An account's name and its unwrapped keys.
using OpenedKeys = std::pair<std::string, std::shared_ptr<const DataKeys>>;

/// Readers never wait; a change replaces the whole map.
class KeyDirectory {
 public:
  /// The broker must outlive it.
  explicit KeyDirectory(KeyBroker& broker) : broker_(broker) {}

  /// A new random key for the account, for storage. Errors: those of KeyBroker::wrap.
  [[nodiscard]] Result<WrappedKey> make(std::string_view account, Epoch epoch) const;
  /// One rotation of the operator's key in this process, from its beginning on.
  class Rotation {
   public:
    /// Errors: those of KeyBroker::end_rotation.
    Result<void> end() { return broker_->end_rotation(); }

   private:
    friend class KeyDirectory;
    Rotation(KeyBroker& broker, std::shared_ptr<void> only) : broker_(&broker), only_(std::move(only)) {}
    KeyBroker* broker_;
    std::shared_ptr<void> only_;
  };
  /// Errors: ServerBusy while another one is under way; those of KeyBroker::begin_rotation.
  [[nodiscard]] Result<Rotation> begin_rotation();
  /// The same key wrapped anew, for storage. Errors: those of KeyBroker.
  [[nodiscard]] Result<WrappedKey> rewrap(std::string_view account, const WrappedKey& key) const;
  /// Unwraps without taking in. Errors: those of KeyBroker::unwrap.
  [[nodiscard]] Result<std::shared_ptr<const DataKeys>> open(const AccountKeys& account) const;
  /// From now on these are the keys of these accounts.
  void put(const std::vector<OpenedKeys>& accounts);
  /// From now on the account has none but its own; asks nobody who holds the operator's key.
  void forget_content(std::string_view account);
  /// Keys for content. Errors: ContentDestroyed, AccountNotFound.
  [[nodiscard]] Result<std::shared_ptr<const DataKeys>> of(std::string_view account) const;
  /// The same when those for content were destroyed, too: the account's own is there. Errors:
  /// AccountNotFound.
  [[nodiscard]] Result<std::shared_ptr<const DataKeys>> any_of(std::string_view account) const;

 private:
  KeyBroker& broker_;
  std::mutex mutex_;
  std::weak_ptr<void> rotation_;
  SnapshotMap<std::shared_ptr<const DataKeys>> keys_;
};

}  // namespace vitrine::keys
