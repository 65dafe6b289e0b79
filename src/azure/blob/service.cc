#include "azure/blob/service.h"

#include <algorithm>

#include "azure/blob/addressing.h"
#include "azure/blob/api_version.h"
#include "azure/blob/cors.h"
#include "azure/blob/request_body.h"
#include "azure/blob/static_site.h"
#include "azure/blob/wire_error.h"
#include "base/encoding.h"
#include "crypto/mac.h"
#include "operations/service_properties.h"

namespace vitrine::azure::blob {
namespace {

constexpr std::string_view kClientRequestId = "x-ms-client-request-id";
constexpr std::size_t kLongestClientRequestId = 1024;

/// In the form that Azure's support tools know.
std::string new_request_id() {
  const auto digits = to_hex(crypto::random_array<16>());
  std::string id;
  id.reserve(digits.size() + 4);
  for (std::size_t at = 0; auto length : {8, 4, 4, 4, 12}) {
    if (at > 0) id += '-';
    id.append(digits, at, length);
    at += static_cast<std::size_t>(length);
  }
  return id;
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
}

/// What every answer to a request says besides its own.
void label(http::Response& response, const http::Headers& asked, std::string_view request_id) {
  response.headers.add("x-ms-request-id", request_id);
  response.headers.add("x-ms-version", version_to_answer(asked));
  auto client_id = asked.get(kClientRequestId);
  if (client_id && client_id->size() <= kLongestClientRequestId && is_printable(*client_id))
    response.headers.add(kClientRequestId, *client_id);
}

/// What the client keeps of the record that was made.
void add_evidence(http::Response& response, const policy::Exchange& exchange) {
  response.headers.add("x-ms-vitrine-receipt", exchange.receipt);
  if (!exchange.promise.empty()) response.headers.add(identity::kPromiseHeader, exchange.promise);
}

/// Why the source of a copy could not be read, where that is the failure.
const Error* source_error(const std::optional<Error>& found, const Error& error) {
  return found && error.code == Code::CannotVerifyCopySource ? &*found : nullptr;
}

bool is_recorded(const Admitted* admitted) {
  return admitted && !admitted->call.exchange.receipt.empty();
}

}  // namespace

/// A token that does not hold is answered as none is: the client may fetch another.
void BlobService::ask_for_token(http::Response& response, const http::Request& request,
                                const Error& error) const {
  if (!options_.tokens) return;
  if (error.code == Code::InvalidAuthenticationInfo && has_bearer_token(request)) response.status = 401;
  if (response.status == 401) response.headers.set("WWW-Authenticate", challenge(options_.tokens));
}

/// An answer is given without this where the rules cannot be read: then a browser keeps it from the page.
void BlobService::tell_origin(http::Response& response, const http::Request& request) const {
  const auto origin = request.headers.get("Origin");
  if (!origin || request.method == http::Method::Options) return;
  const auto ring = accounts_.find(account_named(request.target, host_of(request)));
  if (!ring) return;
  const auto found = operations::look_up_service_properties(floors_, ring->account().name);
  if (found) add_cors(response.headers, found->properties.cors, *origin, request.method_text);
}

void BlobService::count(const http::Request& request, const Error& error) const {
  if (options_.refusals) options_.refusals(account_named(request.target, host_of(request)), error);
}

void BlobService::finish(http::Response& response, const http::Request& request, std::string_view request_id,
                         const Admitted* admitted) const {
  response.headers.add("Server", options_.program);
  label(response, request.headers, request_id);
  if (is_recorded(admitted)) add_evidence(response, admitted->call.exchange);
  tell_origin(response, request);
  if (options_.observer) options_.observer(admitted ? admitted->operation->name : "refused", response.status);
}

Task<http::Response> BlobService::answer(http::Request& request) const {
  if (is_for_site(host_of(request))) co_return co_await answer_visitor(request);
  Arrival arrival{new_request_id(), floors_.clock.now()};
  const Doors doors{accounts_, options_.tokens};
  auto admitted = admit(floors_, doors, request, arrival);
  auto result = Result<http::Response>(std::unexpect, admitted ? Error{} : admitted.error());
  if (admitted) {
    admitted->call.service = this;
    admitted->call.doors = &doors;
    admitted->call.remotes = options_.remotes;
    result = co_await admitted->operation->handler(admitted->call);
    if (!admitted->call.source_account.empty() && options_.refusals)
      options_.refusals(admitted->call.source_account, *admitted->call.source_error);
  }
  const auto* call = admitted ? &*admitted : nullptr;
  // A preflight asks what may be asked; it is no operation.
  if (!result && !is_recorded(call) && request.method != http::Method::Options)
    count(request, result.error());
  const auto* source = call && !result ? source_error(call->call.source_error, result.error()) : nullptr;
  auto response =
      result ? std::move(*result)
             : error_answer(result.error(), request.method, {arrival.request_id, arrival.time, source});
  if (!result) ask_for_token(response, request, result.error());
  if (!result && call)
    for (auto [name, value] : call->call.told_with_refusal) response.headers.set(name, value);
  finish(response, request, arrival.request_id, call);
  co_return response;
}

Task<http::Response> BlobService::answer_visitor(http::Request& request) const {
  Arrival arrival{new_request_id(), floors_.clock.now()};
  auto document = admit_visitor(floors_, {accounts_, options_.tokens}, request, arrival);
  auto result = Result<http::Response>(std::unexpect, document ? Error{} : document.error());
  if (document) result = co_await document->admitted.operation->handler(document->admitted.call);
  const auto* call = document ? &document->admitted : nullptr;
  if (!result && !is_recorded(call)) count(request, result.error());
  auto response =
      result ? std::move(*result) : answer_without_document(result.error(), request.method, arrival);
  if (result && document->stands_for_missing) response.status = 404;
  finish(response, request, arrival.request_id, call);
  co_return response;
}

Task<http::Response> BlobService::answer_part(const BatchPart& part, const BatchPlace& place,
                                              const http::Request& batch) const {
  NoContent body;
  http::Request request(body);
  request.peer_address = batch.peer_address;
  request.peer_port = batch.peer_port;
  request.secure = batch.secure;
  request.serial = batch.serial;
  const auto read = read_part(part, place, request);
  auto response = read ? co_await answer(request) : refuse(read.error());
  response.headers.set("x-ms-version", version_to_answer(batch.headers));
  co_return response;
}

http::Response BlobService::refuse(const Error& error) const {
  if (options_.refusals) options_.refusals({}, error);
  auto request_id = new_request_id();
  auto response = error_answer(error, http::Method::Other, {request_id, floors_.clock.now()});
  response.headers.add("Server", options_.program);
  label(response, {}, request_id);
  if (options_.observer) options_.observer("refused", response.status);
  return response;
}

}  // namespace vitrine::azure::blob
