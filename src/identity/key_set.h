// The public keys of an issuer of tokens.
// Source: RFC 7517 (JSON Web Key), RFC 7518 §6.
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/public_key.h"
#include "identity/token.h"

namespace vitrine::identity {

/// Immutable; any number of threads may use one at once.
class KeySet {
 public:
  /// Reads a JWK set. Keys that are not for signatures, or of a kind that is not taken (symmetric ones among
  /// them), are passed over. Errors: InvalidInput for what is no such set, a damaged key in it, and a set
  /// without any key that can be used.
  static Result<KeySet> parse(std::string_view json);

  [[nodiscard]] std::size_t size() const { return keys_.size(); }

  /// Whether the key that the token names signed it; one that names none can only be of the only key.
  [[nodiscard]] bool verifies(const UnverifiedToken& token) const;

 private:
  struct Key {
    std::string id;
    std::optional<crypto::JwsAlgorithm> algorithm;  ///< none: all that fit the key
    crypto::PublicKey key;
  };
  static Result<std::optional<Key>> parse_key(const boost::json::object& json);
  [[nodiscard]] bool is_meant(const Key& key, const UnverifiedToken& token) const;

  std::vector<Key> keys_;
};

}  // namespace vitrine::identity
