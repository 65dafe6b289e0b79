// A request and its response, as the layers above see them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/task.h"
#include "http/headers.h"
#include "http/target.h"

namespace vitrine::http {

enum class Method { Get, Head, Put, Post, Delete, Options, Patch, Merge, Other };

/// Methods are case-sensitive (RFC 9110 §9.1); anything unknown is Other.
Method parse_method(std::string_view text);

/// The request's body, pulled by the handler.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  /// Fills a front part of `into` (not empty) and returns its size; 0 at the end of the body. The first call
  /// sends "100 Continue" when the client waits for it. Errors: ConnectionClosed when the client went away,
  /// OperationTimedOut when it stalled, InvalidInput when its chunked coding is broken.
  [[nodiscard]] virtual Task<Result<std::size_t>> read(MutableBytes into) = 0;
  /// In bytes, as declared; none when the body is chunked; 0 when there is no body.
  [[nodiscard]] virtual std::optional<std::uint64_t> length() const = 0;
};

/// One request. Valid until the handler's response is complete; strings may be moved from.
struct Request {
  explicit Request(BodyReader& reader) : body(reader) {}

  Method method = Method::Other;
  std::string method_text;
  Target target;
  Headers headers;
  BodyReader& body;
  std::string peer_address;  ///< IPv4 or IPv6 text, without port or zone
  std::uint16_t peer_port = 0;
  bool secure = false;       ///< came over TLS
  std::uint64_t serial = 0;  ///< unique within the server's life, ascending
};

/// A response body produced piece by piece.
class BodySource {
 public:
  virtual ~BodySource() = default;
  /// The next piece, empty at the end. The view lives until the next call.
  [[nodiscard]] virtual Task<Result<ConstBytes>> next() = 0;
};

/// What a handler answers. The server adds Date, Content-Length and Connection; it sends no body for HEAD,
/// 204 and 304.
struct Response {
  unsigned status = 200;
  Headers headers;
  std::string body;                    ///< sent when there is no stream
  std::unique_ptr<BodySource> stream;  ///< sent in place of body; must yield exactly stream_length bytes
  /// Of the stream; without a stream, what an answer to HEAD states as its Content-Length.
  std::uint64_t stream_length = 0;
  bool close = false;  ///< closes the connection afterwards

  static Response empty(unsigned status);
  static Response text(unsigned status, std::string_view content_type, std::string body);
  static Response streamed(unsigned status, std::unique_ptr<BodySource> source, std::uint64_t length);
  /// The answer to HEAD: states a length and sends nothing.
  static Response head(unsigned status, std::uint64_t length);
};

/// Answers a request. Runs on the connection's thread. The request outlives the task and the stream of the
/// response it returns.
using Handler = std::function<Task<Response>(Request&)>;

/// Words the answer to what never reached a handler: malformed (InvalidInput, RequestUrlFailedToParse), too
/// large a head (HeadersTooLarge), one connection too many (ServerBusy); and to a handler that threw
/// (Internal) or whose stream failed before its first byte (the stream's error).
using RefusalWriter = std::function<Response(const Error&)>;

/// The plain-text refusal of a server that was given no other.
Response plain_refusal(const Error& error);

}  // namespace vitrine::http
