// The operator's keys that lie in a file.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "keys/key_broker.h"

namespace vitrine::keys {

/// The file's keys, the one that wraps first. Immutable; usable from any thread.
class OperatorKeys {
 public:
  /// Errors: ResourceNotFound, DeviceFailed, Corrupt.
  static Result<OperatorKeys> read(const std::filesystem::path& file);
  static OperatorKeys make();
  /// Errors: DeviceFailed, InsufficientStorage.
  Result<void> write(const std::filesystem::path& file) const;

  /// A new key before the one that wraps here; only the first one of these.
  [[nodiscard]] OperatorKeys with_new() const;
  [[nodiscard]] OperatorKeys first_only() const;

  [[nodiscard]] std::size_t count() const { return keys_.size(); }
  [[nodiscard]] Bytes wrap(KeyPurpose purpose, const crypto::Aes256Key& key) const;
  /// Nothing when none of the keys opens it.
  [[nodiscard]] std::optional<crypto::Aes256Key> unwrap(KeyPurpose purpose, ConstBytes wrapped) const;

 private:
  struct Prepared {
    crypto::Aes256Key key;
    crypto::Xaes cipher;
  };
  explicit OperatorKeys(const std::vector<crypto::Aes256Key>& keys);

  std::vector<Prepared> keys_;
};

/// That somebody got a data key in the clear: for --log-level debug, because each start unwraps them all.
void log_unwrapping(KeyPurpose purpose);

}  // namespace vitrine::keys
