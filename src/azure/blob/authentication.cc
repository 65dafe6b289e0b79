#include "azure/blob/authentication.h"

#include <vector>

#include "identity/account_sas.h"
#include "identity/shared_key.h"

namespace vitrine::azure::blob {
namespace {

using identity::NameValue;
using identity::Principal;

std::vector<NameValue> query_of(const http::Request& request) {
  std::vector<NameValue> query;
  query.reserve(request.target.query.size());
  for (const auto& parameter : request.target.query) query.push_back({parameter.name, parameter.value});
  return query;
}

std::vector<NameValue> headers_of(const http::Request& request) {
  std::vector<NameValue> headers;
  headers.reserve(request.headers.size());
  for (auto [name, value] : request.headers) headers.push_back({name, value});
  return headers;
}

Result<Principal> by_account_sas(const http::Request& request, std::span<const NameValue> query,
                                 const identity::KeyRing& keys, Timestamp now) {
  auto sas = TRY(identity::parse_account_sas(query));
  auto* key = TRY(identity::verify_account_sas(
      sas, keys, {.client_address = request.peer_address, .secure = request.secure, .now = now}));
  return Principal::of_account_sas(keys.account(), *key, {sas.permissions, sas.services, sas.resource_types},
                                   request.peer_address);
}

}  // namespace

Result<Principal> authenticate(const http::Request& request, const identity::KeyRing& keys, Timestamp now) {
  auto query = query_of(request);
  if (request.headers.get("Authorization")) {
    auto headers = headers_of(request);
    auto* key = TRY(identity::verify_shared_key({.method = request.method_text,
                                                 .raw_path = request.target.raw_path,
                                                 .query = query,
                                                 .headers = headers},
                                                keys, now));
    return Principal::of_key(keys.account(), *key, request.peer_address);
  }
  if (identity::has_sas(query)) return by_account_sas(request, query, keys, now);
  return fail(Code::NoAuthenticationInformation,
              "Nothing here is public: sign the request with one of the account's keys, or send a shared "
              "access signature.");
}

}  // namespace vitrine::azure::blob
