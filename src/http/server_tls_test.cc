#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>

#include "http/server.h"
#include "http/test_certificate.h"
#include "http/test_client.h"

namespace vitrine::http {
namespace {

namespace asio = boost::asio;
constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

ServerOptions with_tls(const SelfSigned& certificate) {
  ServerOptions options;
  options.tls = certificate.files();
  return options;
}

struct TlsAnswer {
  std::string text;
  bool ended_properly = false;
};

TlsAnswer ask(std::uint16_t port, std::string_view request) {
  asio::io_context io;
  asio::ssl::context context(asio::ssl::context::tls_client);
  asio::ssl::stream<asio::ip::tcp::socket> stream(io, context);
  stream.next_layer().connect({asio::ip::make_address("127.0.0.1"), port});
  stream.handshake(asio::ssl::stream_base::client);
  asio::write(stream, asio::buffer(request));
  TlsAnswer answer;
  boost::system::error_code end;
  asio::read(stream, asio::dynamic_buffer(answer.text), end);
  answer.ended_properly = end == asio::error::eof;
  return answer;
}

TEST(ServerTls, AnswersOverTlsAndSaysSo) {
  SelfSigned certificate;
  TestServer server(
      [](Request& request) -> Task<Response> {
        co_return Response::text(200, "text/plain", request.secure ? std::string(1'000'000, 's') : "plain");
      },
      with_tls(certificate));
  auto answer = ask(server.port(), kGet);
  EXPECT_TRUE(answer.text.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(answer.text.ends_with(std::string(1'000'000, 's')));
  EXPECT_TRUE(answer.ended_properly);
}

TEST(ServerTls, APlainRequestIsNotAnswered) {
  SelfSigned certificate;
  TestServer server(echo, with_tls(certificate));
  EXPECT_EQ(server.ask(kGet).status, 0u);
}

TEST(ServerTls, AHandshakeThatNeverComesIsCut) {
  SelfSigned certificate;
  auto options = with_tls(certificate);
  options.limits.head = std::chrono::milliseconds{20};
  TestServer server(echo, options);
  EXPECT_TRUE(server.connect().is_closed());
}

TEST(ServerTls, AnUnusableCertificateOrKeyIsNamed) {
  SelfSigned certificate;
  IoThreads threads(1);
  ServerOptions options;
  options.tls =
      TlsFiles{.certificate_chain = "/nonexistent/chain.pem", .private_key = certificate.files().private_key};
  auto missing = Server(threads, options, echo).start();
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::InvalidInput);
  EXPECT_TRUE(missing.error().message.contains("/nonexistent/chain.pem"));
  options.tls = TlsFiles{.certificate_chain = certificate.files().certificate_chain,
                         .private_key = certificate.files().certificate_chain};
  EXPECT_FALSE(Server(threads, options, echo).start());
}

}  // namespace
}  // namespace vitrine::http
