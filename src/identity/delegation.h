// User delegation: what the holder of a bearer token lends, signed by a key that is derived for them.
// Source: Azure Storage REST, "Get User Delegation Key", "Create a user delegation SAS".
#pragma once

#include <string>

#include "base/error.h"
#include "base/time.h"

namespace vitrine::identity {

/// Whose key it is and how long it holds; the texts as a SAS carries them.
struct DelegationTerms {
  std::string object_id;         ///< skoid: the holder of the token that asked for the key
  std::string tenant;            ///< sktid
  std::string key_start;         ///< skt
  std::string key_expiry;        ///< ske
  std::string key_service;       ///< sks: "b"
  std::string key_version;       ///< skv
  std::string delegated_tenant;  ///< skdutid: of whom alone may use what the key signs; empty: anybody
};

/// The longest time for which a key holds.
inline constexpr std::chrono::days kLongestDelegation{7};

/// What a key's value is derived from. Times are understood, because clients spell them anew. Errors:
/// AuthenticationFailed when they are none.
Result<std::string> derivation_text(const DelegationTerms& terms);

/// Whether the key is one for blobs and holds now. Errors: AuthenticationFailed.
Result<void> check_delegation(const DelegationTerms& terms, Timestamp now);

}  // namespace vitrine::identity
