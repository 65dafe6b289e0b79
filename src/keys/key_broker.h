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

  /// From the answer on keys are wrapped under a new operator's key, and those under the one before still
  /// unwrap. Goes on with a rotation that was not ended, also with one of an earlier process. Errors:
  /// DeviceFailed, InsufficientStorage.
  [[nodiscard]] virtual Result<void> begin_rotation() = 0;
  /// Forgets the operator's key before. Precondition: every key that is kept was wrapped after
  /// begin_rotation. Errors: DeviceFailed, InsufficientStorage; the rotation is then not ended.
  [[nodiscard]] virtual Result<void> end_rotation() = 0;
  /// Whether a rotation was begun and not ended.
  [[nodiscard]] virtual bool is_rotating() const = 0;
};

/// The operator's key lies in a file for its owner only, as 64 hexadecimal digits and a line end; a missing
/// one is made. While a rotation is under way a second line holds the key before. Errors: DeviceFailed,
/// Corrupt.
Result<std::unique_ptr<KeyBroker>> open_or_create_key_file(const std::filesystem::path& file);

/// The operator's key is held by a key management service or a hardware module that this program asks, in
/// the way that docs/formats/keys.md tells. What is wrapped under the key in the `former` file, if that
/// exists, still unwraps, until a rotation ends: that takes the file away. Rotating the key itself is the
/// holder's affair: a rotation here only wraps every data key anew. Errors: DeviceFailed, Corrupt for the
/// file; the program is first asked when it is needed.
Result<std::unique_ptr<KeyBroker>> open_key_command(std::string program, const std::filesystem::path& former);

}  // namespace vitrine::keys
