#include "http/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <optional>

#include "base/task.h"
#include "http/headers.h"
#include "http/transport.h"

namespace vitrine::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using Stream = beast::basic_stream<asio::ip::tcp, Executor>;
using Resolver = asio::ip::basic_resolver<asio::ip::tcp, Executor>;

constexpr std::uint64_t kMostBody = std::uint64_t{64} << 20;
constexpr asio::use_awaitable_t<Executor> kAwait{};

std::unexpected<Error> failed(const Url& url, Code code, const error_code& problem) {
  if (problem == beast::error::timeout) code = Code::OperationTimedOut;
  auto what = code == Code::Unavailable ? "could not be reached" : "did not answer as it should";
  return fail(code, fmt::format("{}:{} {}: {}.", url.host, url.port, what, problem.message()));
}

beast::http::request<beast::http::string_body> message_of(const ClientRequest& request) {
  beast::http::request<beast::http::string_body> message;
  message.method_string(request.method);
  message.target(request.url.target);
  message.version(11);
  message.set(beast::http::field::host, fmt::format("{}:{}", request.url.host, request.url.port));
  message.set(beast::http::field::connection, "close");
  for (const auto& [name, value] : request.headers) message.set(name, value);
  message.body() = request.body;
  if (!request.body.empty() || request.method == "PUT" || request.method == "POST")
    message.content_length(request.body.size());
  return message;
}

ClientAnswer answer_of(beast::http::response<beast::http::string_body>&& message) {
  ClientAnswer answer{.status = message.result_int(), .headers = {}, .body = std::move(message.body())};
  for (const auto& field : message) answer.headers.emplace_back(field.name_string(), field.value());
  return answer;
}

Task<Result<ClientAnswer>> exchange(asio::io_context& io, const ClientRequest& request,
                                    std::chrono::milliseconds limit) {
  error_code problem;
  Resolver resolver(io.get_executor());
  auto found = co_await resolver.async_resolve(request.url.host, std::to_string(request.url.port),
                                               asio::redirect_error(kAwait, problem));
  if (problem) co_return failed(request.url, Code::Unavailable, problem);
  Stream stream(io.get_executor());
  stream.expires_after(limit);
  co_await stream.async_connect(found, asio::redirect_error(kAwait, problem));
  if (problem) co_return failed(request.url, Code::Unavailable, problem);
  auto message = message_of(request);
  co_await beast::http::async_write(stream, message, asio::redirect_error(kAwait, problem));
  if (problem) co_return failed(request.url, Code::ConnectionClosed, problem);
  beast::flat_buffer buffer;
  beast::http::response_parser<beast::http::string_body> parser;
  parser.body_limit(kMostBody);
  if (request.method == "HEAD") parser.skip(true);
  co_await beast::http::async_read(stream, buffer, parser, asio::redirect_error(kAwait, problem));
  if (problem) co_return failed(request.url, Code::ConnectionClosed, problem);
  co_return answer_of(parser.release());
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  auto bad = [&] {
    return fail(Code::InvalidInput, fmt::format("'{}' is not of the form http://host[:port]/path.", text));
  };
  constexpr std::string_view kScheme = "http://";
  if (text.starts_with("https://"))
    return fail(
        Code::NotImplemented,
        fmt::format("This program fetches over http only, not {}. Fetch the files with another tool, such as "
                    "curl, and give it the file or folder.",
                    text));
  if (!text.starts_with(kScheme)) return bad();
  auto rest = text.substr(kScheme.size());
  auto slash = std::min(rest.find_first_of("/?#"), rest.size());
  auto authority = rest.substr(0, slash);
  Url url;
  url.target = rest.substr(slash);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  auto colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    auto port = authority.substr(colon + 1);
    auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc{} || end != port.data() + port.size() || url.port == 0) return bad();
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[') && authority.ends_with(']'))
    authority = authority.substr(1, authority.size() - 2);
  auto is_sendable = [](char c) { return c > ' ' && c < 0x7f && c != '@' && c != '#'; };
  if (authority.empty() || !std::ranges::all_of(authority, is_sendable) ||
      !std::ranges::all_of(url.target, is_sendable))
    return bad();
  url.host = authority;
  return url;
}

std::string_view ClientAnswer::header(std::string_view name) const {
  auto found =
      std::ranges::find_if(headers, [&](const auto& h) { return equal_ignoring_case(h.first, name); });
  return found == headers.end() ? std::string_view() : found->second;
}

Result<ClientAnswer> fetch(const ClientRequest& request, std::chrono::milliseconds limit) {
  asio::io_context io(1);
  std::optional<Result<ClientAnswer>> answer;
  asio::co_spawn(
      io, exchange(io, request, limit), [&](std::exception_ptr failure, Result<ClientAnswer> result) {
        answer = failure ? fail(Code::Internal, "The request failed unexpectedly.") : std::move(result);
      });
  io.run();
  return std::move(*answer);
}

}  // namespace vitrine::http
