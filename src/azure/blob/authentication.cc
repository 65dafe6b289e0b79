#include "azure/blob/authentication.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "blobs/access_list.h"
#include "identity/account_sas.h"
#include "identity/canonical.h"
#include "identity/service_sas.h"
#include "identity/shared_key.h"
#include "operations/services.h"
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

Result<identity::Claims> verified_claims(const http::Request& request, const Authority& authority) {
  if (!authority.tokens)
    return fail(Code::InvalidAuthenticationInfo, "This server takes no bearer tokens: it knows no issuer.");
  if (request.headers.count("Authorization") > 1)
    return fail(Code::InvalidAuthenticationInfo, "The header Authorization may be sent only once.");
  return authority.tokens->verifier.verify(bearer_token(request), authority.now);
}

/// The role of a token's holder where the address points. Errors: AuthorizationPermissionMismatch.
Result<const identity::RoleAssignment*> find_role(const TokenAuthority& tokens, const Address& address,
                                                  std::string_view object_id, std::string_view subject) {
  const auto container = address.container ? address.container->text() : "";
  if (const auto* role = tokens.roles.find(object_id, subject, address.account.text(), container))
    return role;
  return fail(Code::AuthorizationPermissionMismatch,
              "The token's holder has no role here; the operator assigns roles.");
}

Result<Principal> by_token(const http::Request& request, const Address& address, const Authority& authority) {
  const auto claims = TRY(verified_claims(request, authority));
  const auto* role = TRY(find_role(*authority.tokens, address, claims.object_id, claims.subject));
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

/// Where a SAS is for one user alone, that user's token has to come with it.
Result<void> check_delegated_user(const http::Request& request, const identity::ServiceSas& sas,
                                  const Authority& authority) {
  if (sas.delegated_user.empty() && sas.delegated_tenant.empty()) return {};
  if (!has_bearer_token(request))
    return identity::refuse_sas(
        "is for one user (sduoid) or tenant (skdutid), whose bearer token must come with it");
  const auto claims = TRY(verified_claims(request, authority));
  const bool is_user = sas.delegated_user.empty() || claims.holder() == sas.delegated_user;
  const bool is_tenant = sas.delegated_tenant.empty() || claims.tenant == sas.delegated_tenant;
  if (is_user && is_tenant) return {};
  return identity::refuse_sas("is for another user (sduoid, skdutid) than the bearer token's holder");
}

Result<Principal> by_delegation(const http::Request& request, const Address& address,
                                const identity::ServiceSas& sas, const identity::SasTarget& target,
                                const Authority& authority) {
  if (!authority.tokens)
    return identity::refuse_sas(
        "is a user delegation SAS, and this server takes no tokens: it knows no issuer");
  const auto key = TRY(operations::delegation_key(authority.floors, address.account, sas));
  TRY(check_signature(sas, target, key));
  TRY(check_delegation(sas, authority.now));
  TRY(check_use(sas, use_of(request, authority.now)));
  TRY(check_delegated_user(request, sas, authority));
  const auto* role = TRY(find_role(*authority.tokens, address, sas.object_id, sas.object_id));
  return Principal::of_delegation_sas(authority.keys.account(), *role, sas, request.peer_address);
}

Result<Principal> by_service_sas(const http::Request& request, std::span<const NameValue> query,
                                 const Address& address, const Authority& authority) {
  const auto container = address.container ? address.container->text() : "";
  const auto blob = address.blob ? address.blob->text() : "";
  const identity::SasTarget target{.account = address.account.text(), .container = container, .blob = blob};
  auto sas = TRY(identity::parse_service_sas(query, headers_of(request)));
  if (sas.is_delegated()) {
    TRY(complete_terms(sas));
    return by_delegation(request, address, sas, target, authority);
  }
  auto* key = TRY(identity::find_signer(sas, target, authority.keys));
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
  const bool is_for_one_user =
      identity::find_parameter(query, "sduoid") || identity::find_parameter(query, "skdutid");
  if (is_for_one_user && identity::is_service_sas(query))
    return by_service_sas(request, query, address, authority);
  if (has_bearer_token(request)) return by_token(request, address, authority);
  if (request.headers.get("Authorization")) return by_shared_key(request, query, authority);
  if (identity::is_service_sas(query)) return by_service_sas(request, query, address, authority);
  if (identity::has_sas(query)) return by_account_sas(request, query, authority);
  return by_nothing(request, address, authority);
}

}  // namespace vitrine::azure::blob
