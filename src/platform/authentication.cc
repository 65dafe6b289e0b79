#include "platform/authentication.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "identity/shared_key.h"
#include "operations/accounts.h"

namespace vitrine::platform {
namespace {

constexpr std::string_view kBearer = "Bearer ";
constexpr std::string_view kSubscriptionKey = "Ocp-Apim-Subscription-Key";

std::optional<std::string> text_header(const Call& call, std::string_view name) {
  auto value = call.request.headers.get(name);
  return value ? std::optional<std::string>(*value) : std::nullopt;
}

Result<std::shared_ptr<const identity::KeyRing>> find(const identity::AccountDirectory& accounts,
                                                      std::string_view account) {
  auto ring = accounts.find(account);
  if (ring) return ring;
  return fail(Code::AccountNotFound, fmt::format("There is no account '{}' on this server.", account));
}

Result<const identity::AccessKey*> signer(const Call& call, const identity::KeyRing& ring, Timestamp now) {
  std::vector<identity::NameValue> query, headers;
  for (const auto& parameter : call.request.target.query) query.push_back({parameter.name, parameter.value});
  for (auto field : call.request.headers) headers.push_back({field.name, field.value});
  return identity::verify_shared_key({.method = call.request.method_text,
                                      .raw_path = call.request.target.raw_path,
                                      .query = query,
                                      .headers = headers},
                                     ring, now);
}

/// Compares with every key, so that the time taken does not tell which one was close.
const identity::AccessKey* holder_of(const identity::Account& account, ConstBytes secret) {
  const identity::AccessKey* holder = nullptr;
  for (const auto& key : account.keys)
    if (crypto::equal_in_constant_time(key.secret, secret)) holder = &key;
  return holder;
}

}  // namespace

Result<void> Authentication::require_operator(const Call& call) const {
  auto header = text_header(call, "Authorization");
  if (!header)
    return fail(Code::NoAuthenticationInformation,
                "This is for the operator: send the header 'Authorization: Bearer TOKEN' with the token from "
                "keys/operator.token in the server's data directory.");
  if (header->starts_with(kBearer) &&
      crypto::equal_in_constant_time(as_bytes(std::string_view(*header).substr(kBearer.size())),
                                     as_bytes(operator_token_)))
    return {};
  return fail(Code::AuthenticationFailed, "This is not the operator's token.");
}

Result<void> Authentication::act_as_operator(Call& call, const identity::Account& account) const {
  TRY(require_operator(call));
  auto exchange = operations::operator_exchange(floors_, account, call.request_id, call.request.peer_address);
  exchange.asks_promise =
      TRY(exchange.principal.asked_promise(call.request.headers.get(identity::kPromiseHeader)));
  call.exchange = std::move(exchange);
  return {};
}

Result<void> Authentication::require_account(Call& call, std::string_view account) const {
  auto ring = TRY(find(accounts_, account));
  if (!text_header(call, "Authorization"))
    return fail(Code::NoAuthenticationInformation,
                "Sign the request with one of the account's keys (Shared Key, as on the blob port).");
  auto* key = TRY(signer(call, *ring, floors_.clock.now()));
  return admit(call, ring->account(), *key);
}

Result<void> Authentication::require_account_as_azure_ai(Call& call, std::string_view account) const {
  auto sent = text_header(call, kSubscriptionKey);
  if (!sent) return require_account(call, account);
  auto ring = TRY(find(accounts_, account));
  auto secret = from_base64(*sent);
  auto* key = secret ? holder_of(ring->account(), *secret) : nullptr;
  if (key) return admit(call, ring->account(), *key);
  return fail(Code::AuthenticationFailed,
              fmt::format("The header {} holds none of the account's keys.", kSubscriptionKey));
}

Result<void> Authentication::admit(Call& call, const identity::Account& account,
                                   const identity::AccessKey& key) const {
  auto principal = identity::Principal::of_key(account, key, call.request.peer_address);
  auto purpose = TRY(principal.asked_purpose(call.request.headers.get(identity::kPurposeHeader)));
  const bool asks_promise = TRY(principal.asked_promise(call.request.headers.get(identity::kPromiseHeader)));
  call.exchange = policy::Exchange{.principal = std::move(principal),
                                   .purpose = std::move(purpose),
                                   .slot = account.records().stream,
                                   .journal = account.records().journal,
                                   .request_id = call.request_id,
                                   .client_class = "platform",
                                   .received = floors_.clock.now(),
                                   .receipt = {},
                                   .asks_promise = asks_promise};
  return {};
}

}  // namespace vitrine::platform
