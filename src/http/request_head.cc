#include "http/request_head.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <charconv>
#include <limits>

namespace vitrine::http {
namespace {

namespace beast = boost::beast;

/// Beast checks the syntax and hands out the parts; nothing of it is kept.
class HeadParser final : public beast::http::basic_parser<true> {
 public:
  HeadParser(Request& request, std::size_t max_headers) : request_(request), max_headers_(max_headers) {
    skip(true);
    body_limit(boost::none);
    header_limit(std::numeric_limits<std::uint32_t>::max());
  }

  [[nodiscard]] std::string_view target() const { return target_; }
  [[nodiscard]] int version() const { return version_; }
  [[nodiscard]] bool too_many_headers() const { return too_many_headers_; }

 private:
  using ErrorCode = beast::error_code;
  using Text = beast::string_view;

  void on_request_impl(beast::http::verb, Text method, Text target, int version, ErrorCode&) override {
    request_.method_text = method;
    target_ = target;
    version_ = version;
  }
  void on_field_impl(beast::http::field, Text name, Text value, ErrorCode& ec) override {
    if (request_.headers.size() == max_headers_) {
      too_many_headers_ = true;
      ec = beast::http::error::header_limit;
      return;
    }
    request_.headers.add(name, value);
  }
  void on_response_impl(int, Text, int, ErrorCode&) override {}
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(Text, ErrorCode&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, Text, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text, ErrorCode&) override { return 0; }
  void on_finish_impl(ErrorCode&) override {}

  Request& request_;
  std::size_t max_headers_;
  std::string_view target_;
  int version_ = 0;
  bool too_many_headers_ = false;
};

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpaces = " \t";
  auto first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

/// Whether any Connection field lists the option (RFC 9110 §7.6.1).
bool connection_lists(const Headers& headers, std::string_view option) {
  for (auto field : headers) {
    if (!equal_ignoring_case(field.name, "Connection")) continue;
    auto list = field.value;
    while (!list.empty()) {
      auto item = list.substr(0, list.find(','));
      list.remove_prefix(std::min(item.size() + 1, list.size()));
      if (equal_ignoring_case(trim(item), option)) return true;
    }
  }
  return false;
}

Result<std::uint64_t> parse_length(std::string_view text) {
  std::uint64_t length = 0;
  const auto* end = text.data() + text.size();
  auto [stop, problem] = std::from_chars(text.data(), end, length);
  if (problem != std::errc{} || stop != end || length > std::numeric_limits<std::int64_t>::max()) {
    return fail(Code::InvalidInput, "Content-Length must be one decimal number of bytes below 2^63.");
  }
  return length;
}

Result<void> frame_body(const Headers& headers, Framing& framing) {
  const auto lengths = headers.count("Content-Length");
  const auto codings = headers.count("Transfer-Encoding");
  if (codings > 0) {
    if (lengths > 0) {
      return fail(Code::InvalidInput, "Send either Content-Length or Transfer-Encoding, not both.");
    }
    if (codings > 1 || framing.http_1_0 ||
        !equal_ignoring_case(*headers.get("Transfer-Encoding"), "chunked")) {
      return fail(Code::InvalidInput, "The only Transfer-Encoding taken is 'chunked', once, in HTTP/1.1.");
    }
    framing.chunked = true;
  } else if (lengths > 1) {
    return fail(Code::InvalidInput, "Content-Length must be sent once.");
  } else if (lengths == 1) {
    framing.length = TRY(parse_length(*headers.get("Content-Length")));
  }
  return {};
}

Result<Framing> frame(const Headers& headers, int version) {
  if (version != 10 && version != 11) {
    return fail(Code::InvalidInput, "This server speaks HTTP/1.1 and HTTP/1.0.");
  }
  Framing framing;
  framing.http_1_0 = version == 10;
  const auto hosts = headers.count("Host");
  if (hosts > 1 || (hosts == 0 && !framing.http_1_0)) {
    return fail(Code::InvalidInput, "A request needs exactly one Host header.");
  }
  TRY(frame_body(headers, framing));
  framing.keep_alive =
      !connection_lists(headers, "close") && (!framing.http_1_0 || connection_lists(headers, "keep-alive"));
  const bool has_body = framing.chunked || framing.length > 0;
  framing.expects_continue = has_body && !framing.http_1_0 &&
                             equal_ignoring_case(headers.get("Expect").value_or(""), "100-continue");
  return framing;
}

}  // namespace

Result<std::optional<std::size_t>> find_head_end(std::string_view received, std::size_t scanned) {
  // The line feed that the last scan stopped at may have been the last byte: look at what follows it.
  auto at = received.find('\n', scanned > 0 ? scanned - 1 : 0);
  for (; at != std::string_view::npos; at = received.find('\n', at + 1)) {
    if (at == 0 || received[at - 1] != '\r') {
      return fail(Code::InvalidInput, "A line of the request head does not end in CR LF.");
    }
    if (at >= 3 && received.substr(at - 3, 3) == "\r\n\r") return at + 1;
    if (at + 1 < received.size() && (received[at + 1] == ' ' || received[at + 1] == '\t')) {
      return fail(Code::InvalidInput, "A header field must stand on one line.");
    }
  }
  return std::nullopt;
}

Result<Framing> parse_request_head(std::string_view head, std::size_t max_headers, Request& request) {
  request.headers.clear();
  HeadParser parser(request, max_headers);
  beast::error_code problem;
  const auto used = parser.put(boost::asio::buffer(head), problem);
  if (parser.too_many_headers()) {
    return fail(Code::HeadersTooLarge, "The request has too many header fields.");
  }
  if (problem || !parser.is_header_done() || used != head.size()) {
    return fail(Code::InvalidInput, "The request head is not valid HTTP/1.1.");
  }
  auto framing = TRY(frame(request.headers, parser.version()));
  request.method = parse_method(request.method_text);
  request.target = TRY(Target::parse(parser.target()));
  return framing;
}

}  // namespace vitrine::http
