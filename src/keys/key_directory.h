// Every account's data keys, unwrapped in memory.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "keys/key_broker.h"

namespace vitrine::keys {

/// A data key as it is stored: only the operator's key opens it.
struct WrappedKey {
  Epoch epoch = 0;
  Bytes wrapped;

  friend bool operator==(const WrappedKey&, const WrappedKey&) = default;
};

/// Readers never wait; a change replaces the whole map.
class KeyDirectory {
 public:
  /// The broker must outlive it.
  explicit KeyDirectory(KeyBroker& broker) : broker_(broker) {}

  /// A new random key for the account, for storage. Errors: those of KeyBroker::wrap.
  [[nodiscard]] Result<WrappedKey> make(std::string_view account, Epoch epoch) const;
  /// From now on these are the account's keys; none: they were destroyed. Errors: those of KeyBroker::unwrap.
  Result<void> replace(const std::string& account, const Owner& owner, std::span<const WrappedKey> wrapped);
  /// Errors: Unavailable for an account without keys.
  [[nodiscard]] Result<std::shared_ptr<const DataKeys>> of(std::string_view account) const;

 private:
  using Map = std::map<std::string, std::shared_ptr<const DataKeys>, std::less<>>;

  KeyBroker& broker_;
  std::atomic<std::shared_ptr<const Map>> current_ = std::make_shared<const Map>();
};

}  // namespace vitrine::keys
