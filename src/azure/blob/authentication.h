// Who sends a request to the blob port, and for what purpose.
#pragma once

#include <string>

#include "http/message.h"
#include "identity/key_ring.h"
#include "identity/principal.h"

namespace vitrine::azure::blob {

/// By SharedKey, SharedKeyLite or an account SAS; an Authorization header counts before a SAS. Errors:
/// NoAuthenticationInformation, those of verify_shared_key, parse_account_sas and verify_account_sas.
Result<identity::Principal> authenticate(const http::Request& request, const identity::KeyRing& keys,
                                         Timestamp now);

/// What x-ms-vitrine-purpose says, or the credential's default. Errors: InvalidHeaderValue when it is not a
/// purpose's name; UnsupportedHeader beside a SAS, which does not sign headers.
Result<std::string> asked_purpose(const http::Headers& headers, const identity::Principal& principal);

}  // namespace vitrine::azure::blob
