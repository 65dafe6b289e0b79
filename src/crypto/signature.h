// Ed25519 signatures (RFC 8032).
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace vitrine::crypto {

using Ed25519Public = std::array<std::uint8_t, 32>;
using Ed25519Seed = std::array<std::uint8_t, 32>;
using Ed25519Signature = std::array<std::uint8_t, 64>;

/// A private key. Usable from any number of threads at once.
class SigningKey {
 public:
  static SigningKey generate();
  static SigningKey from_seed(const Ed25519Seed& seed);
  /// An unencrypted private key (RFC 8410) as `openssl genpkey -algorithm ed25519` writes it. Errors:
  /// InvalidInput.
  static Result<SigningKey> from_pem(std::string_view pem);

  [[nodiscard]] Ed25519Signature sign(ConstBytes message) const;
  [[nodiscard]] const Ed25519Public& public_key() const;
  /// The 32 secret bytes: for the key file only.
  [[nodiscard]] const Ed25519Seed& seed() const;

 private:
  struct State;
  explicit SigningKey(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

/// Whether the key is one of the few points of the curve that 8 times themselves are nothing, in any
/// spelling: with such a key one signature fits most messages, so nobody's holding it means anything. (RFC
/// 8032 §5.1, "Taming the many EdDSAs" §2)
bool is_of_small_order(const Ed25519Public& key);

/// Whether the signature over the message was made by the key's holder; never with a key of small order.
bool verify(const Ed25519Public& key, ConstBytes message, ConstBytes signature);

}  // namespace vitrine::crypto
