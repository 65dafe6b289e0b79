// Authenticated encryption of values: many under one key, from many threads.
#pragma once

#include <memory>
#include <optional>

#include "crypto/aead.h"
#include "crypto/nonce_run.h"

namespace vitrine::crypto {

/// XAES-256-GCM (C2SP xaes-256-gcm): the first half of a nonce derives a key of AES-256-GCM, the second half
/// is that key's nonce. Usable from any thread. With the last copy its key is wiped, and all derived ones.
class Xaes {
 public:
  static constexpr std::size_t kNonceBytes = sizeof(NonceRun::Nonce);
  /// What sealing adds: the nonce before the ciphertext, the tag behind it.
  static constexpr std::size_t kOverhead = kNonceBytes + kTagBytes;

  explicit Xaes(const Aes256Key& key);

  /// A fresh nonce, ciphertext, tag. Precondition: `out` is kOverhead longer than the plaintext and lies
  /// elsewhere.
  void seal(ConstBytes additional, ConstBytes plaintext, MutableBytes out) const;
  /// The same under a nonce of the caller's, who never uses it twice.
  void seal(const NonceRun::Nonce& nonce, ConstBytes additional, ConstBytes plaintext,
            MutableBytes out) const;
  /// The plaintext, or false when anything was changed: `out` is then of no use. Precondition: `out` is
  /// kOverhead shorter than the sealed bytes, which are as long at least, and lies elsewhere.
  [[nodiscard]] bool open(ConstBytes additional, ConstBytes sealed, MutableBytes out) const;

  [[nodiscard]] Bytes seal(ConstBytes additional, ConstBytes plaintext) const;
  /// Empty optional when anything was changed or is missing.
  [[nodiscard]] std::optional<Bytes> open(ConstBytes additional, ConstBytes sealed) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace vitrine::crypto
