// Authenticated encryption and the keys for it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "crypto/mac.h"

namespace vitrine::crypto {

using Aes256Key = std::array<std::uint8_t, 32>;
inline constexpr std::size_t kTagBytes = 16;

/// Overwrites a secret that is not needed any more; no compiler leaves it out.
void wipe(MutableBytes secret);

/// AES-256-GCM (NIST SP 800-38D), prepared for many messages under one key. The caller never uses a nonce
/// twice. Usable from any thread while its key stays. The key is wiped with it.
class AesGcm {
 public:
  using Nonce = std::array<std::uint8_t, 12>;

  explicit AesGcm(const Aes256Key& key);
  ~AesGcm();
  AesGcm(AesGcm&&) noexcept;
  AesGcm& operator=(AesGcm&&) noexcept;

  /// From now on it is the cipher of another key; nothing of the last one is left.
  void set_key(const Aes256Key& key);

  /// Ciphertext and tag. Precondition: `out` is kTagBytes longer than the plaintext; both may begin at the
  /// same place.
  void seal(const Nonce& nonce, ConstBytes additional, ConstBytes plaintext, MutableBytes out) const;
  /// The plaintext, or false when anything was changed: `out` is then of no use. Precondition: `out` is
  /// kTagBytes shorter than the sealed bytes; both may begin at the same place.
  [[nodiscard]] bool open(const Nonce& nonce, ConstBytes additional, ConstBytes sealed,
                          MutableBytes out) const;

 private:
  struct Schedule;
  std::unique_ptr<Schedule> schedule_;
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
