// Who sends a request to the blob port.
#pragma once

#include "http/message.h"
#include "identity/key_ring.h"
#include "identity/principal.h"

namespace vitrine::azure::blob {

/// By SharedKey, SharedKeyLite or an account SAS; an Authorization header counts before a SAS. Errors:
/// NoAuthenticationInformation, those of verify_shared_key, parse_account_sas and verify_account_sas.
Result<identity::Principal> authenticate(const http::Request& request, const identity::KeyRing& keys,
                                         Timestamp now);

}  // namespace vitrine::azure::blob
