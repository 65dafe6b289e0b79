#include "http/transport.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <type_traits>
#include <utility>

namespace vitrine::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using TlsStream = asio::ssl::stream<Socket>;

auto into(error_code& problem) {
  return asio::redirect_error(asio::use_awaitable_t<Executor>{}, problem);
}

template <class Stream>
class StreamTransport final : public Transport {
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;

 public:
  template <class... Args>
  explicit StreamTransport(Args&&... args) : stream_(std::forward<Args>(args)...) {}

  Task<Result<void>> open(SteadyTime deadline) override {
    if constexpr (kTls) {
      error_code problem;
      deadline_ = deadline;
      co_await stream_.async_handshake(TlsStream::server, into(problem));
      if (problem) co_return failure();
      deadline_ = SteadyTime::max();
    }
    co_return Result<void>{};
  }

  Task<Result<std::size_t>> read_some(MutableBytes bytes, SteadyTime deadline) override {
    error_code problem;
    deadline_ = deadline;
    const auto count =
        co_await stream_.async_read_some(asio::buffer(bytes.data(), bytes.size()), into(problem));
    deadline_ = SteadyTime::max();
    // A TLS stream that ends without close_notify is an end too: framing tells a whole message from a part.
    if (problem == asio::error::eof || problem == asio::ssl::error::stream_truncated) {
      co_return std::size_t{0};
    }
    if (problem) co_return failure();
    co_return count;
  }

  Task<Result<void>> write(ConstBytes first, ConstBytes second, std::chrono::milliseconds patience) override {
    while (!first.empty() || !second.empty()) {
      const std::array buffers = {asio::const_buffer(first.data(), first.size()),
                                  asio::const_buffer(second.data(), second.size())};
      error_code problem;
      deadline_ = std::chrono::steady_clock::now() + patience;
      const auto count = co_await stream_.async_write_some(buffers, into(problem));
      deadline_ = SteadyTime::max();
      if (problem) co_return failure();
      const auto of_first = std::min(count, first.size());
      first = first.subspan(of_first);
      second = second.subspan(count - of_first);
    }
    co_return Result<void>{};
  }

  Task<void> finish_sending(SteadyTime deadline) override {
    error_code ignored;
    if constexpr (kTls) {
      deadline_ = deadline;
      co_await stream_.async_shutdown(into(ignored));
      deadline_ = SteadyTime::max();
    }
    (void)socket().shutdown(Socket::shutdown_send, ignored);
    co_return;
  }

  void cut() override {
    error_code ignored;
    (void)socket().close(ignored);
  }

  [[nodiscard]] bool is_secure() const override { return kTls; }

 private:
  Socket& socket() {
    if constexpr (kTls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  [[nodiscard]] std::unexpected<Error> failure() const {
    if (expired_) return fail(Code::OperationTimedOut, "The client let the time for its request run out.");
    return fail(Code::ConnectionClosed, "The client closed the connection.");
  }

  Stream stream_;
};

}  // namespace

void Transport::expire(SteadyTime now) {
  if (now < deadline_) return;
  expired_ = true;
  cut();
}

std::unique_ptr<Transport> plain_transport(Socket socket) {
  return std::make_unique<StreamTransport<Socket>>(std::move(socket));
}

std::unique_ptr<Transport> tls_transport(Socket socket, asio::ssl::context& context) {
  return std::make_unique<StreamTransport<TlsStream>>(std::move(socket), context);
}

}  // namespace vitrine::http
