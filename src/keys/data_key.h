// What an account's bytes are encrypted under (docs/formats/keys.md).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "crypto/xaes.h"

namespace vitrine::keys {

/// Numbers an account's data keys, from 1. What is written takes the last one; older ones still read.
using Epoch = std::uint32_t;

/// The account's own key, of no epoch: under it lies what the server must know of the account itself, its
/// access keys and salts. It stays when the others are destroyed.
inline constexpr Epoch kOwnKey = 0;

/// Stands for a key that a customer keeps: it comes with each request and lies nowhere.
inline constexpr Epoch kCustomersKey = UINT32_MAX;

/// Ties ciphertext to the account it is of: the id of its journal.
using Owner = std::array<std::uint8_t, 32>;

/// Where a value lies: the number of its table and the key of its row (docs/formats/keys.md).
struct Place {
  std::uint8_t table = 0;
  std::string_view row;
};

/// One epoch's key, prepared. Usable from any thread.
class DataKey {
 public:
  DataKey(Epoch epoch, const crypto::Aes256Key& key, const Owner& owner);

  [[nodiscard]] Epoch epoch() const { return epoch_; }
  [[nodiscard]] const Owner& owner() const { return owner_; }
  /// A key for a user of the account, from what it is to be bound to; never stored (docs/formats/keys.md).
  [[nodiscard]] crypto::Aes256Key delegation_key(ConstBytes terms) const {
    return delegations_.derive(terms);
  }
  /// The key of one segment alone.
  [[nodiscard]] crypto::Aes256Key segment_key(ConstBytes segment_id) const {
    return segments_.derive(segment_id);
  }

 private:
  friend class DataKeys;
  [[nodiscard]] std::string seal(Place place, std::string_view value) const;

  Epoch epoch_;
  Owner owner_;
  crypto::KeyDerivation segments_;
  crypto::KeyDerivation delegations_;
  crypto::Xaes values_;
};

/// An account's keys in the order of their epochs, its own key first. Immutable; usable from any thread.
class DataKeys {
 public:
  explicit DataKeys(std::vector<DataKey> keys) : keys_(std::move(keys)) {}

  /// Precondition: !destroyed().
  [[nodiscard]] const DataKey& current() const { return keys_.back(); }
  /// Whether there is no key for content.
  [[nodiscard]] bool destroyed() const { return keys_.empty() || keys_.back().epoch() == kOwnKey; }
  /// Of the account's own key, so that it stays what it is in all epochs. Precondition: there is one.
  [[nodiscard]] crypto::Aes256Key delegation_key(ConstBytes terms) const {
    return keys_.front().delegation_key(terms);
  }
  /// The account's own key alone. Precondition: there is one.
  [[nodiscard]] DataKeys without_content() const { return DataKeys({keys_.front()}); }
  /// The same, and a key that came with a request: content is written under it, all else as before.
  [[nodiscard]] std::shared_ptr<const DataKeys> with_customers(const crypto::Aes256Key& key) const;
  /// What content is written under. Precondition: !destroyed().
  [[nodiscard]] const DataKey& of_content() const { return customers_ ? *customers_ : current(); }
  /// Errors: ContentDestroyed for an epoch whose key was destroyed; BlobUsesCustomerSpecifiedEncryption for a
  /// customer's key that is not at hand.
  [[nodiscard]] Result<const DataKey*> find(Epoch epoch) const;

  /// A value for the place that it will lie in, under the current key; it opens nowhere else. Precondition:
  /// !destroyed().
  [[nodiscard]] std::string seal(Place place, std::string_view value) const;
  /// The same under of_content().
  [[nodiscard]] std::string seal_content(Place place, std::string_view value) const;
  /// The same under the account's own key. Precondition: there is one.
  [[nodiscard]] std::string seal_own(Place place, std::string_view value) const;
  /// Errors: Corrupt when value or place was changed; ContentDestroyed when the key was destroyed.
  [[nodiscard]] Result<std::string> open(Place place, std::string_view sealed) const;
  /// The same into a string that is used again for the next value.
  Result<void> open(Place place, std::string_view sealed, std::string& out) const;

 private:
  std::vector<DataKey> keys_;
  std::optional<DataKey> customers_;
};

}  // namespace vitrine::keys
