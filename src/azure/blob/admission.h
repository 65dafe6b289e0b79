// What a request must be before its operation begins.
#pragma once

#include <string>

#include "azure/blob/authentication.h"
#include "azure/blob/call.h"
#include "azure/blob/operation_table.h"
#include "identity/account_directory.h"

namespace vitrine::azure::blob {

/// How and when a request came in.
struct Arrival {
  std::string request_id;
  Timestamp time;
};

/// A request that may be carried out; its operation has a handler.
struct Admitted {
  const Operation* operation;
  Call call;
};

/// The host that the client speaks to, as account_named() and parse_address() take it.
std::string_view host_of(const http::Request& request);

/// Reads the address, authenticates, finds the operation and checks that the credential reaches it. The
/// exchange has the purpose that was asked for, even one that the credential is not bound to: the Gate denies
/// that and puts it on record. Errors: InvalidQueryParameterValue for a repeated parameter; those of
/// parse_address, authenticate, Principal::asked_purpose and asked_promise, find_operation,
/// Principal::check_access and refuse_unoffered; AccountNotFound, NotImplemented; UnsupportedHttpVerb for a
/// change at the secondary endpoint.
Result<Admitted> admit(const operations::Floors& floors, const Doors& doors, http::Request& request,
                       const Arrival& arrival);

}  // namespace vitrine::azure::blob
