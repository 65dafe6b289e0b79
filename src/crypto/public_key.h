// Public keys of others, and the signatures of JSON Web Signature (RFC 7518 §3.1) that they verify.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace vitrine::crypto {

/// The algorithms that are taken. There is no other way to name one: neither "none" nor a keyed hash.
enum class JwsAlgorithm : std::uint8_t { Rs256, Ps256, Es256 };
/// By its registered name, "RS256" and so on, in that case; nothing for any other.
std::optional<JwsAlgorithm> jws_algorithm(std::string_view name);

/// RSA from 2048 bits on, or a point of P-256. Usable from any number of threads at once.
class PublicKey {
 public:
  /// Big-endian modulus and exponent. Errors: InvalidInput for less than 2048 or more than 8192 bits, and for
  /// an exponent that is even or less than 3.
  static Result<PublicKey> rsa(ConstBytes modulus, ConstBytes exponent);
  /// Big-endian coordinates of 32 bytes each. Errors: InvalidInput when they are no point of the curve.
  static Result<PublicKey> p256(ConstBytes x, ConstBytes y);

  /// Whether the key's holder made the signature by this algorithm; never by one of another kind of key. An
  /// ES256 signature is R and S of 32 bytes each (RFC 7518 §3.4).
  [[nodiscard]] bool verifies(JwsAlgorithm algorithm, ConstBytes message, ConstBytes signature) const;

 private:
  struct State;
  explicit PublicKey(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

}  // namespace vitrine::crypto
