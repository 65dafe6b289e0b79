// For tests: a server that says exactly what it is told, byte for byte.
#pragma once

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "http/tls.h"

namespace vitrine::http {

/// What happens on its one connection.
struct Script {
  bool reads = true;     ///< the request's head, before it answers
  std::size_t body = 0;  ///< so much of the request's body, too
  std::string answer{};
  bool holds = false;  ///< after the answer: waits until the client goes; otherwise cuts the connection
  bool says_goodbye = false;  ///< by TLS's closing alert
  std::optional<TlsFiles> tls{};
};

class CannedServer {
 public:
  explicit CannedServer(Script script)
      : script_(std::move(script)),
        acceptor_(io_, {boost::asio::ip::make_address("127.0.0.1"), 0}),
        thread_([this] { serve(); }) {}
  ~CannedServer() { finish(); }
  CannedServer(const CannedServer&) = delete;
  CannedServer& operator=(const CannedServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  /// What came of the request; once.
  const std::string& received() {
    thread_.join();
    return received_;
  }

 private:
  using Tcp = boost::asio::ip::tcp;

  void finish() {
    // That ends a wait for a client that never came.
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
  }
  void serve() {
    boost::system::error_code problem;
    Tcp::socket socket(io_);
    acceptor_.accept(socket, problem);
    if (problem) return;
    if (!script_.tls) return talk(socket);
    auto context = load_tls(*script_.tls).value();
    boost::asio::ssl::stream<Tcp::socket&> secure(socket, *context);
    secure.handshake(boost::asio::ssl::stream_base::server, problem);
    if (!problem) talk(secure);
    if (script_.says_goodbye) secure.shutdown(problem);
  }
  template <class Stream>
  void talk(Stream& stream) {
    boost::system::error_code problem;
    auto received = boost::asio::dynamic_buffer(received_);
    if (script_.reads) {
      const auto whole = boost::asio::read_until(stream, received, "\r\n\r\n", problem) + script_.body;
      if (whole > received_.size())
        boost::asio::read(stream, received, boost::asio::transfer_exactly(whole - received_.size()), problem);
    }
    boost::asio::write(stream, boost::asio::buffer(script_.answer), problem);
    std::string ignored;
    if (script_.holds) boost::asio::read(stream, boost::asio::dynamic_buffer(ignored), problem);
  }

  Script script_;
  std::string received_;
  boost::asio::io_context io_;
  Tcp::acceptor acceptor_;
  std::thread thread_;
};

}  // namespace vitrine::http
