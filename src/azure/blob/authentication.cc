#include "azure/blob/authentication.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "blobs/access_list.h"
#include "identity/account_sas.h"
#include "identity/service_sas.h"
#include "identity/shared_key.h"
#include "operations/view.h"

namespace vitrine::azure::blob {
namespace {

using identity::NameValue;
using identity::Principal;

constexpr std::string_view kBearer = "Bearer";

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

identity::SasUse use_of(const http::Request& request, Timestamp now) {
  return {.client_address = request.peer_address, .secure = request.secure, .now = now};
}

Result<Principal> by_shared_key(const http::Request& request, std::span<const NameValue> query,
                                const Authority& authority) {
  auto headers = headers_of(request);
  auto* key = TRY(identity::verify_shared_key({.method = request.method_text,
                                               .raw_path = request.target.raw_path,
                                               .query = query,
                                               .headers = headers},
                                              authority.keys, authority.now));
  return Principal::of_key(authority.keys.account(), *key, request.peer_address);
}

std::string_view bearer_token(const http::Request& request) {
  auto authorization = request.headers.get("Authorization").value_or("");
  authorization.remove_prefix(std::min(authorization.size(), kBearer.size() + 1));
  return authorization;
}

Result<Principal> by_token(const http::Request& request, const Address& address, const Authority& authority) {
  if (!authority.tokens)
    return fail(Code::InvalidAuthenticationInfo, "This server takes no bearer tokens: it knows no issuer.");
  if (request.headers.count("Authorization") > 1)
    return fail(Code::InvalidAuthenticationInfo, "The header Authorization may be sent only once.");
  const auto claims = TRY(authority.tokens->verifier.verify(bearer_token(request), authority.now));
  const auto container = address.container ? address.container->text() : "";
  const auto* role =
      authority.tokens->roles.find(claims.object_id, claims.subject, address.account.text(), container);
  if (!role)
    return fail(Code::AuthorizationPermissionMismatch,
                "The token's holder has no role here; the operator assigns roles.");
  return Principal::of_token(authority.keys.account(), *role, claims, request.peer_address);
}

Result<Principal> by_account_sas(const http::Request& request, std::span<const NameValue> query,
                                 const Authority& authority) {
  auto sas = TRY(identity::parse_account_sas(query));
  auto* key = TRY(identity::verify_account_sas(sas, authority.keys, use_of(request, authority.now)));
  return Principal::of_account_sas(authority.keys.account(), *key,
                                   {sas.permissions, sas.services, sas.resource_types}, request.peer_address);
}

/// Private when there is no such container.
Result<blobs::AccessList> access_list_of(const Address& address, const operations::Floors& floors) {
  const operations::ContainerRef ref{address.account, *address.container};
  const auto view = TRY(operations::look_up(floors, ref));
  return view.head ? blobs::access_list(view.head->attributes) : blobs::AccessList();
}

Result<Principal> by_service_sas(const http::Request& request, std::span<const NameValue> query,
                                 const Address& address, const Authority& authority) {
  const auto container = address.container ? address.container->text() : "";
  const auto blob = address.blob ? address.blob->text() : "";
  auto sas = TRY(identity::parse_service_sas(query));
  auto* key = TRY(identity::find_signer(
      sas, {.account = address.account.text(), .container = container, .blob = blob}, authority.keys));
  if (!sas.identifier.empty()) {
    const auto list = TRY(access_list_of(address, authority.floors));
    TRY(apply(list.find(sas.identifier), sas));
  }
  TRY(complete_terms(sas));
  TRY(check_use(sas, use_of(request, authority.now)));
  return Principal::of_service_sas(authority.keys.account(), *key, sas, request.peer_address);
}

Result<Principal> by_nothing(const http::Request& request, const Address& address,
                             const Authority& authority) {
  if (!address.container) return identity::ask_for_credentials();
  const auto list = TRY(access_list_of(address, authority.floors));
  if (list.level == blobs::PublicAccess::None) return identity::ask_for_credentials();
  return Principal::of_anybody(authority.keys.account(), TRY(identity::PurposeId::parse(list.purpose)),
                               list.level == blobs::PublicAccess::Container, request.peer_address);
}

}  // namespace

bool has_bearer_token(const http::Request& request) {
  const auto authorization = request.headers.get("Authorization").value_or("");
  const auto scheme = authorization.substr(0, authorization.find(' '));
  return http::equal_ignoring_case(scheme, kBearer);
}

std::string challenge(const TokenAuthority* tokens) {
  if (!tokens) return "SharedKey";
  const auto& rules = tokens->verifier.rules();
  return fmt::format("Bearer authorization_uri={} resource_id={}", rules.issuer, rules.audiences.front());
}

Result<Principal> authenticate(const http::Request& request, const Address& address,
                               const Authority& authority) {
  auto query = query_of(request);
  if (has_bearer_token(request)) return by_token(request, address, authority);
  if (request.headers.get("Authorization")) return by_shared_key(request, query, authority);
  if (identity::is_service_sas(query)) return by_service_sas(request, query, address, authority);
  if (identity::has_sas(query)) return by_account_sas(request, query, authority);
  return by_nothing(request, address, authority);
}

}  // namespace vitrine::azure::blob
