#include "platform/router.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/encoding.h"
#include "base/log.h"
#include "crypto/mac.h"
#include "platform/answers.h"

namespace vitrine::platform {
namespace {

/// What routes call the account that they capture.
constexpr std::string_view kAccount = "account";

/// The next segment of a path, taken off its front. Precondition: the path begins with '/'.
std::string_view take_segment(std::string_view& path) {
  auto end = std::min(path.find('/', 1), path.size());
  auto segment = path.substr(1, end - 1);
  path.remove_prefix(end);
  return segment;
}

/// Whether the pattern fits the path, which is still encoded; fills what it captures.
bool fits(std::string_view pattern, std::string_view path, Call& call) {
  call.captures.clear();
  while (!pattern.empty() && !path.empty()) {
    auto wanted = take_segment(pattern);
    if (wanted.ends_with("...}")) {
      call.captures.emplace_back(wanted.substr(1, wanted.size() - 5), std::string(path.substr(1)));
      return true;
    }
    auto segment = take_segment(path);
    if (!wanted.starts_with('{')) {
      if (segment != wanted) return false;
      continue;
    }
    auto decoded = http::percent_decode(segment);
    if (!decoded || decoded->empty()) return false;
    call.captures.emplace_back(wanted.substr(1, wanted.size() - 2), std::move(*decoded));
  }
  return pattern.empty() && path.empty();
}

/// As opposed to health, metrics, the log and the front page, which anybody may ask for and nobody decides.
bool is_for_operations(std::string_view path) {
  return path.starts_with("/api/") || path.starts_with("/ai/");
}

/// What the client keeps of the record that was made, if one was.
void add_evidence(http::Response& response, const policy::Exchange& exchange) {
  if (!exchange.receipt.empty()) response.headers.set("x-ms-vitrine-receipt", exchange.receipt);
  if (!exchange.promise.empty()) response.headers.set(identity::kPromiseHeader, exchange.promise);
}

std::string_view method_name(http::Method method) {
  switch (method) {
    case http::Method::Get:
      return "GET, HEAD";
    case http::Method::Put:
      return "PUT";
    case http::Method::Post:
      return "POST";
    case http::Method::Delete:
      return "DELETE";
    default:
      return "";
  }
}

}  // namespace

const std::string& Call::capture(std::string_view name) const {
  return std::ranges::find(captures, name, [](const auto& captured) { return captured.first; })->second;
}

Router::Router(std::vector<Route> routes, Observers observers)
    : routes_(std::move(routes)), observers_(std::move(observers)) {}

Router::Found Router::find(Call& call) const {
  auto method = call.request.method == http::Method::Head ? http::Method::Get : call.request.method;
  Found found;
  for (const auto& route : routes_) {
    if (!fits(route.pattern, call.request.target.raw_path, call)) continue;
    if (!route.method || *route.method == method) return {&route, {}};
    if (!found.allowed.empty()) found.allowed += ", ";
    found.allowed += method_name(*route.method);
  }
  call.captures.clear();
  return found;
}

Task<Result<http::Response>> Router::run(Call& call, const Found& found) const {
  if (found.route) co_return co_await found.route->handler(call);
  if (!found.allowed.empty())
    co_return fail(Code::UnsupportedHttpVerb,
                   fmt::format("Here {} is answered, not {}.", found.allowed, call.request.method_text));
  co_return fail(Code::ResourceNotFound, "There is nothing at this address; '/' tells what is where.");
}

void Router::observe_refusal(const Call& call, const Error& error) const {
  if (call.exchange && !call.exchange->receipt.empty()) return;
  if (!is_for_operations(call.request.target.raw_path)) return;
  const auto account =
      std::ranges::find(call.captures, kAccount, [](const auto& captured) { return captured.first; });
  observers_.refusals(account == call.captures.end() ? std::string_view() : account->second, error);
}

Task<http::Response> Router::answer(http::Request& request) const {
  Call call{
      .request = request, .request_id = to_hex(crypto::random_array<16>()), .captures = {}, .exchange = {}};
  auto found = find(call);
  auto result = co_await run(call, found);
  if (!result) observe_refusal(call, result.error());
  auto response = result ? std::move(*result) : error_answer(result.error());
  if (!found.allowed.empty()) response.headers.set("Allow", found.allowed);
  response.headers.set("x-ms-request-id", call.request_id);
  if (call.exchange) add_evidence(response, *call.exchange);
  if (response.status >= 500)
    log::warn("A request to the platform port failed", {{"path", request.target.path},
                                                        {"request", call.request_id},
                                                        {"error", result ? "" : result.error().message}});
  observers_.answers(found.route ? found.route->pattern : "none", response.status);
  co_return response;
}

}  // namespace vitrine::platform
