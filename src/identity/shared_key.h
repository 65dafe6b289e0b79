// Shared Key authorization: a request signed with an account key.
// Source: Azure Storage REST, "Authorize with Shared Key", and what the official SDKs sign.
#pragma once

#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "identity/key_ring.h"
#include "identity/signed_request.h"

namespace vitrine::identity {

/// How far a request's date may be from the server's clock, to either side.
inline constexpr std::chrono::minutes kAllowedClockSkew{15};

enum class SharedKeyScheme { Full, Lite };

/// A parsed Authorization header; the account name is a view into it.
struct SharedKeyCredential {
  SharedKeyScheme scheme;
  std::string_view account;
  std::array<std::uint8_t, 32> signature;
};

/// Whether the Authorization header is of this kind at all ("SharedKey …" or "SharedKeyLite …").
bool is_shared_key(std::string_view authorization);
/// Reads "SharedKey account:signature" or "SharedKeyLite account:signature".
/// Errors: InvalidAuthenticationInfo.
Result<SharedKeyCredential> parse_shared_key(std::string_view authorization);

/// Clients disagree on the order of x-ms- headers; the lines themselves are the same.
enum class HeaderOrder {
  Collated,  ///< the service's own: hyphens do not count
  Ordinal,   ///< by byte
};

/// The text that is signed for the account and path given (Shared Key, 2009-09-19 and later; an empty
/// Content-Length for zero from 2015-02-21). An x-ms-date leaves Date's line empty.
std::string string_to_sign(const SignedRequest& request, SharedKeyScheme scheme, std::string_view account,
                           std::string_view raw_path, HeaderOrder order);

/// The key that signed the request; never null. Any of the account's keys may sign. A path-style address
/// holds the account in its path, so the signed resource holds it twice; one that ends in "-secondary" there
/// may be signed with or without the suffix.
/// Errors: InvalidAuthenticationInfo (malformed header), InvalidHeaderValue (a signed header is repeated),
/// AuthenticationFailed (another account, no or a distant date, no key matches).
Result<const AccessKey*> verify_shared_key(const SignedRequest& request, const KeyRing& keys, Timestamp now);

}  // namespace vitrine::identity
