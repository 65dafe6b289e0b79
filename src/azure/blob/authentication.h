// Who sends a request to the blob port.
#pragma once

#include "azure/blob/addressing.h"
#include "http/message.h"
#include "identity/key_ring.h"
#include "identity/principal.h"
#include "operations/floors.h"

namespace vitrine::azure::blob {

/// What a request is to be authenticated with.
struct Authority {
  const operations::Floors& floors;
  const identity::KeyRing& keys;  ///< of the account that the address names
  Timestamp now;
};

/// By SharedKey, SharedKeyLite, an account SAS or a service SAS, or anybody where the container is public; an
/// Authorization header counts before a SAS. Errors: NoAuthenticationInformation, those of verify_shared_key,
/// parse_account_sas, verify_account_sas, parse_service_sas, find_signer, apply and check_use, those of the
/// store.
Result<identity::Principal> authenticate(const http::Request& request, const Address& address,
                                         const Authority& authority);

}  // namespace vitrine::azure::blob
