#include "http/client.h"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
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
using TlsStream = asio::ssl::stream<Stream&>;
using Resolver = asio::ip::basic_resolver<asio::ip::tcp, Executor>;

constexpr std::uint64_t kMostBody = std::uint64_t{64} << 20;
constexpr std::string_view kScheme = "http://", kSecureScheme = "https://";
constexpr std::uint16_t kSecurePort = 443;
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

/// Sends the request on a stream that is open, and reads the answer.
template <class OpenStream>
Task<Result<ClientAnswer>> exchange(OpenStream& stream, const ClientRequest& request) {
  error_code problem;
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

Result<void> trust(asio::ssl::context& context, const ClientRequest& request) {
  error_code problem;
  (void)context.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, problem);
  (void)context.set_verify_mode(asio::ssl::verify_peer, problem);
  if (request.authorities.empty())
    (void)context.set_default_verify_paths(problem);
  else
    (void)context.add_certificate_authority(asio::buffer(request.authorities), problem);
  if (!problem) return {};
  return fail(Code::InvalidInput,
              fmt::format("The certificate authorities cannot be used: {}.", problem.message()));
}

/// The certificate must be for this host, which is asked for by name where it has one.
bool expect(SSL* tls, const std::string& host) {
  SSL_set_hostflags(tls, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host.c_str()) == 1) return true;
  return SSL_set1_host(tls, host.c_str()) == 1 && SSL_set_tlsext_host_name(tls, host.c_str()) == 1;
}

std::unexpected<Error> handshake_failed(const Url& url, SSL* tls, const error_code& problem) {
  auto verdict = SSL_get_verify_result(tls);
  if (verdict == X509_V_OK) return failed(url, Code::ConnectionClosed, problem);
  return fail(Code::AuthenticationFailed,
              fmt::format("The certificate of {}:{} is not trusted: {}.", url.host, url.port,
                          X509_verify_cert_error_string(verdict)));
}

Task<Result<ClientAnswer>> exchange_securely(Stream& stream, const ClientRequest& request) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  CO_TRY(trust(context, request));
  TlsStream secure(stream, context);
  auto* tls = secure.native_handle();
  if (!expect(tls, request.url.host))
    co_return fail(Code::Internal, fmt::format("No certificate can be for '{}'.", request.url.host));
  error_code problem;
  co_await secure.async_handshake(TlsStream::client, asio::redirect_error(kAwait, problem));
  if (problem) co_return handshake_failed(request.url, tls, problem);
  co_return co_await exchange(secure, request);
}

Task<Result<ClientAnswer>> connect_and_exchange(asio::io_context& io, const ClientRequest& request,
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
  if (request.url.secure) co_return co_await exchange_securely(stream, request);
  co_return co_await exchange(stream, request);
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  auto bad = [&] {
    return fail(Code::InvalidInput, fmt::format("'{}' is not of the form http[s]://host[:port]/path.", text));
  };
  Url url;
  url.secure = text.starts_with(kSecureScheme);
  if (!url.secure && !text.starts_with(kScheme)) return bad();
  if (url.secure) url.port = kSecurePort;
  auto rest = text.substr(url.secure ? kSecureScheme.size() : kScheme.size());
  auto slash = std::min(rest.find_first_of("/?#"), rest.size());
  auto authority = rest.substr(0, slash);
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
  asio::co_spawn(io, connect_and_exchange(io, request, limit),
                 [&](std::exception_ptr failure, Result<ClientAnswer> result) {
                   answer =
                       failure ? fail(Code::Internal, "The request failed unexpectedly.") : std::move(result);
                 });
  io.run();
  return std::move(*answer);
}

}  // namespace vitrine::http
