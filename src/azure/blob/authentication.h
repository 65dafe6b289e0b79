// Who sends a request to the blob port.
#pragma once

#include "azure/blob/addressing.h"
#include "http/message.h"
#include "identity/account_directory.h"
#include "identity/key_ring.h"
#include "identity/principal.h"
#include "identity/token_verifier.h"
#include "operations/floors.h"

namespace vitrine::azure::blob {

/// Whose tokens are taken, and what their holders may do.
struct TokenAuthority {
  const identity::TokenVerifier& verifier;
  const identity::RoleBook& roles;
};

/// Who may be let in.
struct Doors {
  const identity::AccountDirectory& accounts;
  const TokenAuthority* tokens;  ///< null: no bearer tokens are taken
};

/// What a request is to be authenticated with.
struct Authority {
  const operations::Floors& floors;
  const TokenAuthority* tokens;   ///< null: no bearer tokens are taken
  const identity::KeyRing& keys;  ///< of the account that the address names
  Timestamp now;
};

/// Whether the request carries a bearer token.
bool has_bearer_token(const http::Request& request);

/// The header WWW-Authenticate of a refusal: where to get a token and for what, or that keys sign.
std::string challenge(const TokenAuthority* tokens);

/// By SharedKey, SharedKeyLite, a bearer token, an account SAS or a service SAS, or anybody where the
/// container is public; an Authorization header counts before a SAS. Errors: NoAuthenticationInformation,
/// AuthorizationPermissionMismatch for a token's holder without a role, those of verify_shared_key, verify,
/// parse_account_sas, verify_account_sas, parse_service_sas, find_signer, apply and check_use, those of the
/// store.
Result<identity::Principal> authenticate(const http::Request& request, const Address& address,
                                         const Authority& authority);

}  // namespace vitrine::azure::blob
