// The documents of Get User Delegation Key.
// Source: Azure Storage REST, "Get User Delegation Key".
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "crypto/aead.h"
#include "identity/delegation.h"

namespace vitrine::azure::blob {

/// More than a KeyInfo needs, in bytes.
inline constexpr std::size_t kMostKeyInfoBytes = std::size_t{4} << 10;

/// What the client asks for: start (now without one), end and delegated tenant, times to the second. Errors:
/// InvalidXmlDocument; InvalidXmlNodeValue for a time that is none, an end that is over, not behind the start
/// or more than seven days away.
Result<identity::DelegationTerms> parse_key_info(std::string_view xml, Timestamp now);

std::string write_delegation_key(const identity::DelegationTerms& terms, const crypto::Aes256Key& key);

}  // namespace vitrine::azure::blob
