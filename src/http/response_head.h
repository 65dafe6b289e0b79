// A response's head as bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace vitrine::http {

/// What the connection adds to the headers a handler set.
struct HeadAdditions {
  enum class Connection { Unsaid, Close, KeepAlive };

  std::string_view date;
  std::optional<std::uint64_t> content_length;
  Connection connection = Connection::Unsaid;
};

/// True when no name or value could end its line and begin another (header injection), and every name is one.
bool is_sendable(const Headers& headers);

/// Appends status line, additions, headers and the empty line. A Date, Content-Length, Connection or
/// Transfer-Encoding among the headers is left out: these are the connection's to say.
/// Precondition: is_sendable(headers).
void append_response_head(std::string& to, unsigned status, const Headers& headers,
                          const HeadAdditions& additions);

/// 1xx, 204 and 304 never have a body (RFC 9110 §6.4.1).
bool allows_body(unsigned status);

}  // namespace vitrine::http
