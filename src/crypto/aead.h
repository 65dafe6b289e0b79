// Authenticated encryption and the keys for it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "crypto/mac.h"

namespace vitrine::crypto {

using Aes256Key = std::array<std::uint8_t, 32>;
inline constexpr std::size_t kTagBytes = 16;

/// AES-256-GCM (NIST SP 800-38D), prepared for many messages under one key. The caller never uses a nonce
/// twice. One thread at a time.
class AesGcm {
 public:
  using Nonce = std::array<std::uint8_t, 12>;

  explicit AesGcm(const Aes256Key& key);
  ~AesGcm();
  AesGcm(AesGcm&&) noexcept;
  AesGcm& operator=(AesGcm&&) noexcept;

  /// Ciphertext and tag. Precondition: `out` is kTagBytes longer than the plaintext; both may begin at the
  /// same place.
  void seal(const Nonce& nonce, ConstBytes additional, ConstBytes plaintext, MutableBytes out);
  /// The plaintext, or false when anything was changed: `out` is then of no use. Precondition: `out` is
  /// kTagBytes shorter than the sealed bytes; both may begin at the same place.
  [[nodiscard]] bool open(const Nonce& nonce, ConstBytes additional, ConstBytes sealed, MutableBytes out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// XAES-256-GCM (C2SP xaes-256-gcm): nonces are long enough to be drawn at random for 2^80 messages. Usable
/// from any thread.
class Xaes {
 public:
  static constexpr std::size_t kNonceBytes = 24;
  /// What sealing adds: the nonce before the ciphertext, the tag behind it.
  static constexpr std::size_t kOverhead = kNonceBytes + kTagBytes;

  explicit Xaes(const Aes256Key& key);

  /// A fresh nonce, ciphertext, tag.
  [[nodiscard]] Bytes seal(ConstBytes additional, ConstBytes plaintext) const;
  [[nodiscard]] Bytes seal(ConstBytes additional, ConstBytes plaintext,
                           const std::array<std::uint8_t, kNonceBytes>& nonce) const;
  /// Empty optional when anything was changed.
  [[nodiscard]] std::optional<Bytes> open(ConstBytes additional, ConstBytes sealed) const;

 private:
  [[nodiscard]] Aes256Key derive(ConstBytes nonce) const;

  Aes256Key key_;
  std::array<std::uint8_t, 16> subkey_;  // CMAC's K1 (NIST SP 800-38B)
};

/// HKDF-SHA-256 (RFC 5869), its extract step done once; one block of output. Usable from any thread.
class KeyDerivation {
 public:
  KeyDerivation(ConstBytes salt, ConstBytes key);
  [[nodiscard]] Aes256Key derive(ConstBytes info) const;

 private:
  HmacKey extracted_;
};

}  // namespace vitrine::crypto
