// Account SAS: a query string by which an account key lends part of what it may do.
// Source: Azure Storage REST, "Create an account SAS".
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "identity/key_ring.h"
#include "identity/sas.h"

namespace vitrine::identity {

/// A parsed account SAS.
struct AccountSas : SasTerms {
  std::string services, resource_types;
};

/// Reads the parameters of an account SAS, `sv` 2015-04-05 and later; unknown later versions are read as the
/// newest known. Errors: AuthenticationFailed for everything malformed or missing, a repeated parameter, or
/// the parameters of a SAS of another kind.
Result<AccountSas> parse_account_sas(std::span<const NameValue> query);

/// The text that is signed; `ses` has a line from 2020-12-06.
std::string string_to_sign(const AccountSas& sas, std::string_view account);

/// The key that signed it; never null. Checks signature, times, protocol and address; permissions are
/// checked per operation by Principal::check_access. Errors: AuthenticationFailed,
/// AuthorizationProtocolMismatch, AuthorizationSourceIpMismatch.
Result<const AccessKey*> verify_account_sas(const AccountSas& sas, const KeyRing& keys, const SasUse& use);

}  // namespace vitrine::identity
