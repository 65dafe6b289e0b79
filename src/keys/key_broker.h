// The way to whoever holds the operator's key: data keys are stored wrapped under it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "keys/data_key.h"

namespace vitrine::keys {

/// What a wrapped key is for; it unwraps for nothing else.
struct KeyPurpose {
  std::string_view account;
  Epoch epoch = 0;
};

/// Wraps and unwraps data keys; every unwrapping is logged. Usable from any thread; may wait.
class KeyBroker {
 public:
  virtual ~KeyBroker() = default;
  /// Errors: Unavailable when the holder of the key cannot be reached.
  [[nodiscard]] virtual Result<Bytes> wrap(KeyPurpose purpose, const crypto::Aes256Key& key) = 0;
  /// Errors: Corrupt when it is no key for this purpose wrapped by this holder; Unavailable.
  [[nodiscard]] virtual Result<crypto::Aes256Key> unwrap(KeyPurpose purpose, ConstBytes wrapped) = 0;
};

/// The operator's key lies in a file for its owner only, as 64 hexadecimal digits; a missing one is made.
/// Errors: DeviceFailed, Corrupt.
Result<std::unique_ptr<KeyBroker>> open_or_create_key_file(const std::filesystem::path& file);

}  // namespace vitrine::keys
