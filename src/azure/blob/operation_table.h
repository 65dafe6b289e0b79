// Every operation of the Azure Blob protocol, and how a request is told to be one of them.
// Source: the protocol's operations as the official SDKs send them, 2026-10-06.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "azure/blob/addressing.h"
#include "base/error.h"
#include "base/task.h"
#include "http/message.h"
#include "identity/principal.h"

namespace vitrine::azure::blob {

/// What a request is about, by its address.
enum class Scope : std::uint8_t { Service, Container, Blob };
Scope scope_of(const Address& address);

/// One request on its way through a handler.
struct Call;
using CallHandler = Task<Result<http::Response>> (*)(Call&);

/// A header or query parameter that tells one operation from another of the same comp and restype.
struct Mark {
  enum class Place : std::uint8_t { None, Header, Parameter };
  Place place = Place::None;
  std::string_view name;
  std::string_view value;  ///< without case; empty: any
};

/// One operation, as a row of the table. A row without handler is known and not offered.
struct Operation {
  std::string_view name;  ///< "blob.get", as in records and policies
  Scope scope;
  http::Method method;
  std::string_view restype;  ///< empty: absent
  std::string_view comp;     ///< empty: absent
  std::array<Mark, 2> marks;
  identity::RequiredAccess access;
  CallHandler handler = nullptr;
  bool of_snapshots = false;  ///< whether snapshot or versionid may name one instead of the blob
};

std::span<const Operation> all_operations();

/// The parts of a request that tell which operation it is.
struct OperationClues {
  http::Method method;
  const http::Target& target;
  const http::Headers& headers;
};

/// The one operation that the request is; the row with the most marks among those that fit.
/// Errors: InvalidQueryParameterValue (unknown comp or restype), UnsupportedHttpVerb, MissingRequiredHeader,
/// InvalidHeaderValue (no operation has such a mark, or several operations' marks are mixed).
Result<const Operation*> find_operation(Scope scope, const OperationClues& clues);

/// What an operation without handler answers: NotImplemented, with its name.
Error not_offered(const Operation& operation);

}  // namespace vitrine::azure::blob
