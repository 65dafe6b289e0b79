// A small HTTP client for the command line.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace vitrine::http {

/// Where a request goes: the parts of "http://host[:port]/path[?query]", or of "https://…".
struct Url {
  bool secure = false;
  std::string host;
  std::uint16_t port = 80;
  std::string target = "/";  ///< path and query, as they are sent

  /// Errors: InvalidInput.
  static Result<Url> parse(std::string_view text);
};

struct ClientRequest {
  std::string method = "GET";
  Url url;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};         ///< none for HEAD; it alone decides how it is framed
  std::string authorities{};  ///< PEM: who signs servers' certificates; empty: those the system trusts
};

struct ClientAnswer {
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// Empty when there is none; names compare without case.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// Sends one request on a connection of its own and waits for the whole answer, at most 64 MiB; redirects are
/// not followed. Over https the server's certificate must be valid for its host. Blocks. Errors: Unavailable
/// when the server cannot be reached, AuthenticationFailed when its certificate is not trusted,
/// OperationTimedOut, ConnectionClosed for an answer that breaks off, is too long or is none, InvalidInput
/// for authorities that are none, InvalidHeaderValue for a header that is more than a line.
Result<ClientAnswer> fetch(const ClientRequest& request,
                           std::chrono::milliseconds limit = std::chrono::seconds{60});

}  // namespace vitrine::http
