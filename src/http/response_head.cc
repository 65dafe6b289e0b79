#include "http/response_head.h"

#include <fmt/format.h>

#include <boost/beast/http/status.hpp>
#include <iterator>

namespace vitrine::http {
namespace {

bool is_the_connections(std::string_view name) {
  switch (name.size()) {
    case 4:
      return equal_ignoring_case(name, "Date");
    case 10:
      return equal_ignoring_case(name, "Connection");
    case 14:
      return equal_ignoring_case(name, "Content-Length");
    case 17:
      return equal_ignoring_case(name, "Transfer-Encoding");
    default:
      return false;
  }
}

/// Looks at all characters, many at a time: so the compiler lays out a loop without branches.
template <class Test>
bool any_character(std::string_view text, Test test) {
  unsigned char found = 0;
  for (char c : text) found = static_cast<unsigned char>(found | static_cast<unsigned char>(test(c)));
  return found != 0;
}

bool ends_a_line(char c) {
  return c == '\r' || c == '\n' || c == '\0';
}

bool ends_a_name(char c) {
  return c <= ' ' || c == ':' || c == 0x7f;
}

void append_field(std::string& to, std::string_view name, std::string_view value) {
  to.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool is_sendable(const Headers& headers) {
  for (auto field : headers) {
    if (field.name.empty() || any_character(field.name, ends_a_name) ||
        any_character(field.value, ends_a_line))
      return false;
  }
  return true;
}

void append_response_head(std::string& to, unsigned status, const Headers& headers,
                          const HeadAdditions& additions) {
  auto reason = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
  fmt::format_to(std::back_inserter(to), "HTTP/1.1 {} {}\r\n", status, std::string_view(reason));
  append_field(to, "Date", additions.date);
  if (additions.content_length) {
    append_field(to, "Content-Length", fmt::format_int(*additions.content_length).c_str());
  }
  using Connection = HeadAdditions::Connection;
  if (additions.connection == Connection::Close) append_field(to, "Connection", "close");
  if (additions.connection == Connection::KeepAlive) append_field(to, "Connection", "keep-alive");
  for (auto field : headers) {
    if (!is_the_connections(field.name)) append_field(to, field.name, field.value);
  }
  to.append("\r\n");
}

bool allows_body(unsigned status) {
  return status >= 200 && status != 204 && status != 304;
}

}  // namespace vitrine::http
