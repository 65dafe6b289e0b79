// Who may use a container without a key: anybody, and whoever has a SAS that names a stored policy.
// Source: Azure Storage REST, "Set Container ACL".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "blobs/attributes.h"
#include "identity/service_sas.h"

namespace vitrine::blobs {

/// What may be read without a credential.
enum class PublicAccess : std::uint8_t {
  None,
  Blobs,      ///< blobs whose names are known
  Container,  ///< the same, the container's properties and the list of its blobs
};

/// Most stored policies of a container, and most characters of their ids.
inline constexpr std::size_t kMostPolicies = 5, kLongestPolicyId = 64;

/// As Set Container ACL, or Create Container, left it. A container without one is private.
struct AccessList {
  static constexpr std::uint64_t kAttribute = 16;

  PublicAccess level = PublicAccess::None;
  std::string purpose;  ///< for which it was opened, and so that of whoever reads it; empty for None
  std::vector<identity::StoredPolicy> policies;

  /// CBOR [level, purpose, [[id, start, expiry, permissions], …]].
  [[nodiscard]] Bytes encode() const;
  /// Errors: Corrupt.
  static Result<AccessList> decode(ConstBytes cbor);

  /// Null when there is none of that id.
  [[nodiscard]] const identity::StoredPolicy* find(std::string_view id) const;
  friend bool operator==(const AccessList&, const AccessList&) = default;
};

/// Of a head's attributes; of a container that was never opened, the empty one. Errors: Corrupt.
Result<AccessList> access_list(const Attributes& attributes);

}  // namespace vitrine::blobs
