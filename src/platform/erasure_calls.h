// Erasure of facets of an account's records.
#pragma once

#include "platform/call.h"
#include "platform/parts.h"

namespace vitrine::platform {

/// POST /api/v1/accounts/{account}/journal/erasures: the operator relays what two people signed.
Task<Result<http::Response>> erase_records(const Parts& parts, Call& call);

}  // namespace vitrine::platform
