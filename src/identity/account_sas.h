// Account SAS: a query string by which an account key lends part of what it may do.
// Source: Azure Storage REST, "Create an account SAS".
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "identity/ip_range.h"
#include "identity/key_ring.h"
#include "identity/principal.h"
#include "identity/signed_request.h"

namespace vitrine::identity {

/// A parsed account SAS. The texts are the decoded parameters exactly as sent, because these are signed.
struct AccountSas {
  std::string version, permissions, services, resource_types, start, expiry, addresses, protocol,
      encryption_scope;
  std::optional<Timestamp> valid_from;
  Timestamp valid_until;
  std::optional<IpRange> allowed_addresses;
  bool https_only = false;
  std::array<std::uint8_t, 32> signature{};
};

/// How and when a SAS is used.
struct SasUse {
  std::string_view client_address;  ///< without port
  bool secure = false;              ///< over TLS
  Timestamp now;
};

/// Whether the query carries a shared access signature of any kind.
bool has_sas(std::span<const NameValue> query);

/// Reads the parameters of an account SAS, `sv` 2015-04-05 and later; unknown later versions are read as the
/// newest known. Errors: AuthenticationFailed for everything malformed or missing, a repeated parameter, or
/// a SAS of another kind (service, user delegation, stored policy).
Result<AccountSas> parse_account_sas(std::span<const NameValue> query);

/// The text that is signed; `ses` has a line from 2020-12-06.
std::string string_to_sign(const AccountSas& sas, std::string_view account);

/// The key that signed it; never null. Checks signature, times, protocol and address; permissions are
/// checked per operation by Principal::check_access. Errors: AuthenticationFailed,
/// AuthorizationProtocolMismatch, AuthorizationSourceIpMismatch.
Result<const AccessKey*> verify_account_sas(const AccountSas& sas, const KeyRing& keys, const SasUse& use);

}  // namespace vitrine::identity
