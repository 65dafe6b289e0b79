// Bytes to a request: where its head ends, what it says, and how its body is delimited.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace vitrine::http {

/// The size of the head at the front of `received`, up to and including its empty line; none while more must
/// be received. The first `scanned` bytes were looked at before. Errors: InvalidInput for a line that ends in
/// a bare LF or continues the one before it (obs-fold, RFC 9112 §5.2).
Result<std::optional<std::size_t>> find_head_end(std::string_view received, std::size_t scanned);

/// How a request's body is delimited (RFC 9112 §6.3) and what the client asks of the connection.
struct Framing {
  bool http_1_0 = false;
  bool keep_alive = true;         ///< as the client wishes it
  bool expects_continue = false;  ///< waits for "100 Continue"
  bool chunked = false;
  std::uint64_t length = 0;  ///< when not chunked
};

/// Fills the request's method, target and headers from one complete head. Errors: InvalidInput for bad
/// syntax, another version than HTTP/1.0 or 1.1, a missing Host, or framing that two readers could take
/// differently (Content-Length beside Transfer-Encoding, repeated or not a plain number; any coding but a
/// single chunked); RequestUrlFailedToParse for the target; HeadersTooLarge for more than `max_headers`
/// fields.
Result<Framing> parse_request_head(std::string_view head, std::size_t max_headers, Request& request);

}  // namespace vitrine::http
