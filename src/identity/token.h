// Bearer tokens: signed claims of an issuer about who asks.
// Source: RFC 7519 (JWT), RFC 7515 §7.1 (compact form), RFC 8725 (best current practices).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"
#include "crypto/public_key.h"

namespace vitrine::identity {

/// More than any issuer needs, in bytes.
inline constexpr std::size_t kLongestToken = 16 << 10;

/// What a token says, once it was verified.
struct Claims {
  std::string issuer;
  std::vector<std::string> audiences;
  std::string subject;    ///< sub
  std::string object_id;  ///< oid; empty when the issuer gives none
  std::string tenant;     ///< tid; the same
  Timestamp expiry;
  std::optional<Timestamp> not_before;

  /// By which roles and records know the holder: the object id, or else the subject.
  [[nodiscard]] const std::string& holder() const { return object_id.empty() ? subject : object_id; }
};

/// A token that was read and not verified. `signed_text` is a view into what was parsed.
struct UnverifiedToken {
  crypto::JwsAlgorithm algorithm;
  std::string key_id;  ///< kid; empty when it names none
  std::string_view signed_text;
  Bytes signature;
  Claims claims;
};

/// Reads header.claims.signature, each base64url without padding. Errors: InvalidAuthenticationInfo for
/// everything malformed, an algorithm that is not taken ("none" and keyed hashes among them), critical
/// headers (nobody here understands any), and claims that lack issuer, audience, expiry or a holder.
Result<UnverifiedToken> parse_token(std::string_view token);

/// RFC 4648 §5 without padding, canonical. Errors: InvalidInput.
Result<Bytes> from_base64url(std::string_view text);

/// The error of a token that does not hold. `what` goes on from "The bearer token".
std::unexpected<Error> refuse_token(std::string_view what);

}  // namespace vitrine::identity
