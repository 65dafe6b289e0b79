// The HTTP/1.1 server: listens, keeps connections within limits, and hands requests to a handler.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "http/io_threads.h"
#include "http/message.h"

namespace vitrine::http {

/// Bounds on what one client may take. Time limits are kept to within a quarter of a second.
struct Limits {
  std::size_t head_bytes = std::size_t{32} << 10;  ///< request line and header fields together
  std::size_t header_count = 128;
  std::size_t connections = 4096;  ///< beyond it: 503 and closed
  std::uint64_t drained_bytes = std::uint64_t{64}
                                << 10;      ///< of a body the handler left unread; beyond it: closed
  std::chrono::milliseconds idle{120'000};  ///< between requests
  std::chrono::milliseconds head{30'000};   ///< from a head's first byte to its last; also the TLS handshake
  std::chrono::milliseconds body_read{60'000};  ///< for the next bytes of a body
  std::uint64_t body_rate = 256;  ///< bytes/s that a body must come at, after waits of `body_read` in all
  std::chrono::milliseconds write{60'000};  ///< for the client to take some bytes
};

/// PEM files. The chain starts with the server's own certificate.
struct TlsFiles {
  std::string certificate_chain;
  std::string private_key;
};

struct ServerOptions {
  std::string address = "127.0.0.1";  ///< IPv4 or IPv6 text
  std::uint16_t port = 0;             ///< 0: any free one
  Limits limits{};
  std::optional<TlsFiles> tls{};  ///< none: plain HTTP
  RefusalWriter refusal = plain_refusal;
};

/// HTTP/1.1 and 1.0 as in RFC 9110 and 9112, without trailers and upgrades. Ambiguous framing (request
/// smuggling) is refused. A connection stays on the thread it was given; requests on it are answered one
/// after another, in order. The IoThreads must outlive the server.
class Server {
 public:
  Server(IoThreads& threads, ServerOptions options, Handler handler);
  /// Stops at once when stop() was not called.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Takes the port and returns it; whoever connects waits for start(). Once. Errors: InvalidInput for an
  /// address or certificate that cannot be used, Unavailable when the port is taken.
  Result<std::uint16_t> listen();
  /// Serves; returns the port in use. Once. Listens where listen() was not called, with its errors.
  Result<std::uint16_t> start();

  /// Stops accepting, closes idle connections, lets running requests finish for at most `drain`, then cuts
  /// what is left. Returns when no connection is left, or a second after the cut. Not to be called from an
  /// I/O thread. Returns how many connections had to be cut.
  std::size_t stop(std::chrono::milliseconds drain = std::chrono::seconds{30});

  /// Open connections, for metrics. Any thread may ask.
  [[nodiscard]] std::size_t connections() const;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace vitrine::http
