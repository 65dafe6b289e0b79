// For tests: a client that says exactly what it is told, byte for byte, and a server for it to talk to.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "http/headers.h"
#include "http/server.h"

namespace vitrine::http {

struct Answer {
  unsigned status = 0;  ///< 0: the connection ended before a whole head came
  std::string head;
  std::string body;

  [[nodiscard]] bool head_has(std::string_view line) const {
    return head.contains("\r\n" + std::string(line) + "\r\n");
  }
};

/// Blocking; gives up a read after ten seconds, as if the connection had ended.
class TestClient {
 public:
  explicit TestClient(std::uint16_t port) : socket_(io_) {
    socket_.connect({boost::asio::ip::make_address("127.0.0.1"), port});
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }

  void send(std::string_view text) {
    boost::system::error_code ignored;  // A server that closed already is for the answer to show.
    boost::asio::write(socket_, boost::asio::buffer(text), ignored);
  }
  void finish_sending() { socket_.shutdown(boost::asio::socket_base::shutdown_send); }
  void close() { socket_.close(); }

  /// The next response; its body by Content-Length, or none for HEAD.
  Answer receive(bool to_head_request = false) {
    Answer answer;
    auto end = std::string::npos;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive_some()) return answer;
    }
    answer.head = take(end + 4);
    std::from_chars(answer.head.data() + 9, answer.head.data() + 12, answer.status);
    if (!to_head_request) {
      const auto length = content_length(answer.head);
      while (received_.size() < length && receive_some()) {
      }
      answer.body = take(std::min(length, received_.size()));
    }
    return answer;
  }

  /// Everything until the connection ends.
  std::string receive_all() {
    while (receive_some()) {
    }
    return take(received_.size());
  }
  /// Waits for the end of the connection; false when the server sent more, or kept it open.
  bool is_closed() {
    const auto more = receive_some();
    return !more && !timed_out_;
  }

 private:
  bool receive_some() {
    // Not through Asio, which would wait without end on a blocking socket whose receive timed out.
    std::array<char, 65536> piece;
    const auto count = ::recv(socket_.native_handle(), piece.data(), piece.size(), 0);
    timed_out_ = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    if (count <= 0) return false;
    received_.append(piece.data(), static_cast<std::size_t>(count));
    return true;
  }
  std::string take(std::size_t size) {
    auto front = received_.substr(0, size);
    received_.erase(0, size);
    return front;
  }
  static std::size_t content_length(std::string_view head) {
    constexpr std::string_view kName = "\r\nContent-Length: ";
    std::size_t length = 0;
    if (auto at = head.find(kName); at != std::string_view::npos) {
      std::from_chars(head.data() + at + kName.size(), head.data() + head.size(), length);
    }
    return length;
  }

  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_;
  std::string received_;
  bool timed_out_ = false;
};

/// A server on two threads and any free loopback port.
class TestServer {
 public:
  explicit TestServer(Handler handler, ServerOptions options = {})
      : threads_(2), server_(threads_, std::move(options), std::move(handler)) {
    threads_.start();
    auto port = server_.start();
    EXPECT_TRUE(port) << port.error().message;
    port_ = port.value_or(0);
  }

  TestClient connect() { return TestClient(port_); }
  /// Sends on a connection of its own and returns the first response.
  Answer ask(std::string_view text) {
    auto client = connect();
    client.send(text);
    return client.receive(text.starts_with("HEAD "));
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  Server& server() { return server_; }

 private:
  IoThreads threads_;
  Server server_;
  std::uint16_t port_ = 0;
};

/// Reads the whole body.
inline Task<Result<std::string>> read_all(BodyReader& body) {
  std::string whole;
  Bytes piece(1000);
  for (;;) {
    const auto count = CO_TRY(co_await body.read(piece));
    if (count == 0) co_return whole;
    whole.append(as_text(ConstBytes(piece).first(count)));
  }
}

/// Answers method, path and body of the request, or its body's error.
inline Task<Response> echo(Request& request) {
  auto body = co_await read_all(request.body);
  if (!body) co_return plain_refusal(body.error());
  co_return Response::text(200, "text/plain", request.method_text + " " + request.target.path + " " + *body);
}

}  // namespace vitrine::http
