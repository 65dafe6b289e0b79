#include "http/response_head.h"

#include <fmt/format.h>

#include <array>
#include <boost/beast/http/status.hpp>
#include <cstdint>
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

enum Ends : std::uint8_t { kNothing = 0, kName = 1, kLine = 2 };

/// What each character would end.
constexpr auto kEnds = [] {
  std::array<std::uint8_t, 256> ends{};
  for (std::size_t c = 0; c < ends.size(); ++c)
    if (c <= ' ' || c == ':' || c >= 0x7f) ends[c] = kName;
  for (unsigned char c : {'\r', '\n', '\0'}) ends[c] |= kLine;
  return ends;
}();

/// Looks at all characters without a branch: hardly ever is there one.
bool has_end(std::string_view text, Ends of) {
  std::uint8_t found = kNothing;
  for (unsigned char c : text) found |= kEnds[c];
  return (found & of) != 0;
}

void append_field(std::string& to, std::string_view name, std::string_view value) {
  to.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool is_sendable(const Headers& headers) {
  for (auto field : headers) {
    if (field.name.empty() || has_end(field.name, kName) || has_end(field.value, kLine)) return false;
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
