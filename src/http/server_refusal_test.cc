// What never becomes a request: each is refused with one answer, and nothing behind it is looked at.
#include <gtest/gtest.h>

#include <atomic>

#include "http/server.h"
#include "http/test_client.h"

namespace vitrine::http {
namespace {

using namespace std::string_literals;

struct Refused {
  std::string_view name;
  std::string head;
  unsigned status;
};
const Refused kRefused[] = {
    {"CL and TE",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"TE and CL",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400},
    {"two lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 30\r\n\r\n", 400},
    {"a list of lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0, 30\r\n\r\n", 400},
    {"a signed length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\nabc", 400},
    {"obs-fold", "POST / HTTP/1.1\r\nHost: h\r\nX: a\r\n Content-Length: 3\r\n\r\nabc", 400},
    {"folded coding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400},
    {"space before colon", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length : 3\r\n\r\nabc", 400},
    {"coding list", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400},
    {"unknown coding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400},
    {"chunked in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"bare LF", "GET / HTTP/1.1\nHost: h\n\n", 400},
    {"LF in head", "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", 400},
    {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
    {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
    {"NUL in a value", "GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n"s, 400},
    {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
    {"bad escape", "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"encoded NUL", "GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"authority form", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"large head", "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(5000, 'a') + "\r\n\r\n", 431},
    {"endless line", std::string(10000, 'A'), 431},
    {"many headers",
     [] {
       std::string head = "GET / HTTP/1.1\r\nHost: h\r\n";
       for (int i = 0; i < 40; ++i) head += "a: b\r\n";
       return head + "\r\n";
     }(),
     431},
};

TEST(ServerRefusal, NothingAmbiguousReachesTheHandler) {
  std::atomic<int> handled = 0;
  ServerOptions options;
  options.limits.head_bytes = 4096;
  options.limits.header_count = 32;
  TestServer server(
      [&](Request& request) -> Task<Response> {
        ++handled;
        co_return co_await echo(request);
      },
      options);
  for (const auto& row : kRefused) {
    SCOPED_TRACE(row.name);
    auto client = server.connect();
    client.send(row.head + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
    auto answer = client.receive();
    EXPECT_EQ(answer.status, row.status);
    EXPECT_TRUE(answer.head_has("Connection: close"));
    EXPECT_TRUE(client.is_closed());
  }
  EXPECT_EQ(handled, 0);
  EXPECT_EQ(server.ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status, 200u);
  EXPECT_EQ(handled, 1);
}

TEST(ServerRefusal, IsWordedByTheLayerAbove) {
  ServerOptions options;
  options.refusal = [](const Error& error) {
    return Response::text(400, "application/xml", "<Code>" + std::string(name(error.code)) + "</Code>");
  };
  TestServer server(echo, options);
  EXPECT_EQ(server.ask("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n").body, "<Code>RequestUrlFailedToParse</Code>");
}

}  // namespace
}  // namespace vitrine::http
