// One client's byte stream, plain or TLS.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>

#include "base/bytes.h"
#include "base/error.h"
#include "base/task.h"

namespace boost::asio::ssl {
class context;
}

namespace vitrine::http {

using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using SteadyTime = std::chrono::steady_clock::time_point;

/// Reads and writes in which every wait has a deadline. The deadline is only noted here, which costs next to
/// nothing; the Lane's sweep finds those that passed and cuts the stream. For one thread.
/// Every wait fails with ConnectionClosed when the client is gone or the stream was cut, and with
/// OperationTimedOut when its deadline passed.
class Transport {
 public:
  virtual ~Transport() = default;

  /// The TLS handshake, where there is one.
  [[nodiscard]] virtual Task<Result<void>> open(SteadyTime deadline) = 0;
  /// Returns how many bytes came; 0 when the client sends no more.
  [[nodiscard]] virtual Task<Result<std::size_t>> read_some(MutableBytes into, SteadyTime deadline) = 0;
  /// Writes both, gathered. The client must take some bytes in every `patience`.
  [[nodiscard]] virtual Task<Result<void>> write(ConstBytes first, ConstBytes second,
                                                 std::chrono::milliseconds patience) = 0;
  /// Tells the client that nothing more comes. It may still send.
  [[nodiscard]] virtual Task<void> finish_sending(SteadyTime deadline) = 0;
  /// Closes at once; what waits fails.
  virtual void cut() = 0;

  [[nodiscard]] virtual bool is_secure() const = 0;
  /// Cuts when a wait is past its deadline.
  void expire(SteadyTime now);

  /// An idle stream waits for a request to begin; a stopping server cuts it.
  void set_idle(bool idle) { idle_ = idle; }
  [[nodiscard]] bool is_idle() const { return idle_; }

 protected:
  SteadyTime deadline_ = SteadyTime::max();  ///< of the wait under way
  bool expired_ = false;

 private:
  bool idle_ = false;
};

std::unique_ptr<Transport> plain_transport(Socket socket);
/// The context must outlive the transport.
std::unique_ptr<Transport> tls_transport(Socket socket, boost::asio::ssl::context& context);

}  // namespace vitrine::http
