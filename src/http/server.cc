#include "http/server.h"

#include <fmt/format.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <future>
#include <mutex>
#include <utility>
#include <vector>

#include "base/log.h"
#include "http/connection.h"
#include "http/lane.h"
#include "http/response_head.h"
#include "http/service.h"
#include "http/tls.h"

namespace vitrine::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;

/// How long a stopping server waits for its own threads to notice.
constexpr std::chrono::seconds kCutTime{1};
/// How long accepting rests when the system has no more file descriptors.
constexpr std::chrono::milliseconds kAcceptPause{100};

void log_escaped(std::exception_ptr failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& exception) {
    log::error("A connection ended with an exception.", {{"reason", exception.what()}});
  } catch (...) {
    log::error("A connection ended with an exception.");
  }
}

/// IPv4 clients of an IPv6 listener appear with their IPv4 address.
tcp::endpoint unmapped(const tcp::endpoint& peer) {
  if (!peer.address().is_v6() || !peer.address().to_v6().is_v4_mapped()) return peer;
  return {asio::ip::make_address_v4(asio::ip::v4_mapped, peer.address().to_v6()), peer.port()};
}

}  // namespace

/// Lives as long as its last connection, whatever becomes of the Server. That may be longer than an
/// io_context, so sockets and timers belong to coroutines, which do not outlive theirs.
class Server::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(IoThreads& threads, ServerOptions options, Handler handler);

  Result<std::uint16_t> listen();
  Result<std::uint16_t> start();
  std::size_t stop(std::chrono::milliseconds drain);
  [[nodiscard]] std::size_t connections() const;

 private:
  Result<Acceptor> bind();
  Task<void> accept(Acceptor acceptor);
  Task<void> pause();
  void admit(unsigned index, Socket socket);
  void turn_away(Socket socket);
  Task<void> serve(unsigned index, Socket socket, tcp::endpoint peer);
  bool connection_begun();  // false: one too many
  void connection_ended();
  void stop_listening();
  void on_every_lane(void (Lane::*action)());
  bool wait_until_empty(std::chrono::milliseconds patience);

  IoThreads& threads_;
  ServerOptions options_;
  Service service_;
  std::unique_ptr<asio::ssl::context> tls_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::optional<Acceptor> listening_;  // until start() hands it to accept()
  Acceptor* acceptor_ = nullptr;       // accept()'s, while it runs
  bool started_ = false;

  mutable std::mutex mutex_;
  std::condition_variable emptied_;
  std::size_t connections_ = 0;
};

Server::Core::Core(IoThreads& threads, ServerOptions options, Handler handler)
    : threads_(threads),
      options_(std::move(options)),
      service_{.limits = options_.limits, .handler = std::move(handler), .refusal = options_.refusal} {
  for (unsigned i = 0; i < threads_.size(); ++i) lanes_.push_back(std::make_unique<Lane>());
}

Result<std::uint16_t> Server::Core::listen() {
  if (options_.tls) tls_ = TRY(load_tls(*options_.tls));
  listening_ = TRY(bind());
  return listening_->local_endpoint().port();
}

Result<std::uint16_t> Server::Core::start() {
  if (!listening_) TRY(listen());
  auto acceptor = std::move(*listening_);
  listening_.reset();
  const auto port = acceptor.local_endpoint().port();
  started_ = true;
  for (unsigned i = 0; i < threads_.size(); ++i) {
    asio::co_spawn(threads_.at(i), lanes_[i]->sweep(),
                   [self = shared_from_this()](std::exception_ptr failure) { log_escaped(failure); });
  }
  asio::co_spawn(threads_.at(0), accept(std::move(acceptor)),
                 [self = shared_from_this()](std::exception_ptr failure) { log_escaped(failure); });
  return port;
}

Result<Acceptor> Server::Core::bind() {
  error_code problem;
  const auto address = asio::ip::make_address(options_.address, problem);
  if (problem) {
    return fail(Code::InvalidInput,
                fmt::format("'{}' is not an IPv4 or IPv6 address to listen on.", options_.address));
  }
  const tcp::endpoint endpoint(address, options_.port);
  Acceptor acceptor(threads_.at(0));
  (void)acceptor.open(endpoint.protocol(), problem);
  if (!problem) (void)acceptor.set_option(Acceptor::reuse_address(true), problem);
  if (!problem) (void)acceptor.bind(endpoint, problem);
  if (!problem) (void)acceptor.listen(asio::socket_base::max_listen_connections, problem);
  if (problem) {
    return fail(Code::Unavailable, fmt::format("Cannot listen on {} port {}: {}.", options_.address,
                                               options_.port, problem.message()));
  }
  return acceptor;
}

Task<void> Server::Core::accept(Acceptor acceptor) {
  acceptor_ = &acceptor;
  for (unsigned turn = 0; acceptor.is_open(); turn = (turn + 1) % threads_.size()) {
    error_code problem;
    auto socket = co_await acceptor.async_accept(
        threads_.at(turn), asio::redirect_error(asio::use_awaitable_t<Executor>{}, problem));
    if (!problem) {
      admit(turn, std::move(socket));
    } else if (acceptor.is_open()) {
      log::warn("A connection could not be accepted.", {{"reason", problem.message()}});
      co_await pause();
    }
  }
  acceptor_ = nullptr;
}

Task<void> Server::Core::pause() {
  asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                             Executor>
      timer(threads_.at(0), kAcceptPause);
  co_await timer.async_wait(asio::use_awaitable_t<Executor>{});
}

void Server::Core::admit(unsigned index, Socket socket) {
  error_code problem;
  const auto peer = socket.remote_endpoint(problem);
  if (!problem) (void)socket.set_option(tcp::no_delay(true), problem);
  if (problem) return;
  if (!connection_begun()) return turn_away(std::move(socket));
  asio::co_spawn(threads_.at(index), serve(index, std::move(socket), unmapped(peer)),
                 [self = shared_from_this()](std::exception_ptr failure) {
                   self->connection_ended();
                   log_escaped(failure);
                 });
}

void Server::Core::turn_away(Socket socket) {
  if (tls_) return;
  const auto response =
      service_.refusal({Code::ServerBusy, "The server has too many connections; try again later.", {}});
  std::string text;
  append_response_head(text, response.status, response.headers,
                       {.date = to_http_date(system_clock().now()),
                        .content_length = response.body.size(),
                        .connection = HeadAdditions::Connection::Close});
  text += response.body;
  // One attempt that does not wait: whoever is over the limit gets nothing that could be held on to.
  error_code ignored;
  (void)socket.non_blocking(true, ignored);
  (void)socket.write_some(asio::buffer(text), ignored);
  (void)socket.shutdown(Socket::shutdown_send, ignored);
}

Task<void> Server::Core::serve(unsigned index, Socket socket, tcp::endpoint peer) {
  auto transport = tls_ ? tls_transport(std::move(socket), *tls_) : plain_transport(std::move(socket));
  Connection connection(service_, *lanes_[index], std::move(transport), peer);
  co_await connection.run();
}

bool Server::Core::connection_begun() {
  std::lock_guard lock(mutex_);
  if (connections_ == options_.limits.connections) return false;
  ++connections_;
  return true;
}

void Server::Core::connection_ended() {
  std::lock_guard lock(mutex_);
  if (--connections_ == 0) emptied_.notify_all();
}

std::size_t Server::Core::connections() const {
  std::lock_guard lock(mutex_);
  return connections_;
}

void Server::Core::on_every_lane(void (Lane::*action)()) {
  for (unsigned i = 0; i < threads_.size(); ++i) {
    asio::post(threads_.at(i),
               [self = shared_from_this(), lane = lanes_[i].get(), action] { (lane->*action)(); });
  }
}

bool Server::Core::wait_until_empty(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return emptied_.wait_for(lock, patience, [this] { return connections_ == 0; });
}

void Server::Core::stop_listening() {
  auto closed = std::make_shared<std::promise<void>>();
  asio::post(threads_.at(0), [self = shared_from_this(), closed] {
    error_code ignored;
    if (self->acceptor_) (void)self->acceptor_->close(ignored);
    closed->set_value();
  });
  // Bounded, because the thread may be gone or held up by a handler.
  (void)closed->get_future().wait_for(kCutTime);
}

std::size_t Server::Core::stop(std::chrono::milliseconds drain) {
  if (!std::exchange(started_, false)) return 0;
  stop_listening();
  on_every_lane(&Lane::drain);
  std::size_t cut = 0;
  if (!wait_until_empty(drain)) {
    cut = connections();
    on_every_lane(&Lane::cut_all);
    wait_until_empty(kCutTime);
  }
  on_every_lane(&Lane::end);
  return cut;
}

Server::Server(IoThreads& threads, ServerOptions options, Handler handler)
    : core_(std::make_shared<Core>(threads, std::move(options), std::move(handler))) {}

Server::~Server() {
  stop(std::chrono::milliseconds{0});
}

Result<std::uint16_t> Server::listen() {
  return core_->listen();
}

Result<std::uint16_t> Server::start() {
  return core_->start();
}

std::size_t Server::stop(std::chrono::milliseconds drain) {
  return core_->stop(drain);
}

std::size_t Server::connections() const {
  return core_->connections();
}

}  // namespace vitrine::http
