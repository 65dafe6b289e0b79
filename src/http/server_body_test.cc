// Request bodies over real sockets: 100 Continue, bodies left unread, and time limits.
#include <gtest/gtest.h>

#include "http/server.h"
#include "http/test_client.h"

namespace vitrine::http {
namespace {

using std::chrono::milliseconds;

Task<Response> ignore_body(Request&) {
  co_return Response::text(403, "text/plain", "no");
}

std::string put(std::string_view headers) {
  return "PUT /b HTTP/1.1\r\nHost: h\r\n" + std::string(headers) + "\r\n";
}

TEST(ServerBody, ContinueIsSentWhenTheHandlerReads) {
  TestServer server(echo);
  auto client = server.connect();
  client.send(put("Expect: 100-continue\r\nContent-Length: 3\r\n"));
  EXPECT_EQ(client.receive().status, 100u);
  client.send("abc");
  EXPECT_EQ(client.receive().body, "PUT /b abc");
}

TEST(ServerBody, ContinueIsNotSentWhenTheHandlerAnswersAtOnce) {
  TestServer server(ignore_body);
  auto client = server.connect();
  client.send(put("Expect: 100-continue\r\nContent-Length: 3\r\n"));
  auto answer = client.receive();
  EXPECT_EQ(answer.status, 403u);
  EXPECT_TRUE(answer.head_has("Connection: close"));
  EXPECT_TRUE(client.is_closed());
}

TEST(ServerBody, ASmallUnreadRestIsReadOver) {
  TestServer server(ignore_body);
  auto client = server.connect();
  for (int i = 0; i < 2; ++i) {
    client.send(put("Content-Length: 65536\r\n"));
    auto answer = client.receive();
    EXPECT_EQ(answer.status, 403u);
    EXPECT_FALSE(answer.head_has("Connection: close"));
    client.send(std::string(65536, 'x'));
  }
}

TEST(ServerBody, ALargeOrUnknownUnreadRestEndsTheConnectionAfterTheAnswer) {
  TestServer server(ignore_body);
  for (std::string_view headers : {"Content-Length: 65537\r\n", "Transfer-Encoding: chunked\r\n"}) {
    SCOPED_TRACE(headers);
    auto client = server.connect();
    client.send(put(headers) + std::string(65537, 'x'));
    auto answer = client.receive();
    EXPECT_EQ(answer.status, 403u);
    EXPECT_EQ(answer.body, "no");
    EXPECT_TRUE(answer.head_has("Connection: close"));
    EXPECT_TRUE(client.is_closed());
  }
}

TEST(ServerBody, LargeBodiesArriveWhole) {
  TestServer server(echo);
  std::string body;
  for (int i = 0; body.size() < 1'000'000; ++i) body += std::to_string(i) + ",";
  auto client = server.connect();
  client.send(put("Content-Length: " + std::to_string(body.size()) + "\r\n") + body);
  EXPECT_TRUE(client.receive().body == "PUT /b " + body);
  client.send(put("Transfer-Encoding: chunked\r\n"));
  for (std::size_t at = 0; at < body.size(); at += 65536) {
    const auto chunk = body.substr(at, 65536);
    std::array<char, 8> size{};
    const auto end = std::to_chars(size.data(), size.data() + size.size(), chunk.size(), 16).ptr;
    client.send(std::string(size.data(), end) + "\r\n" + chunk + "\r\n");
  }
  client.send("0\r\n\r\n");
  EXPECT_TRUE(client.receive().body == "PUT /b " + body);
}

TEST(ServerBody, BrokenChunksReachTheHandlerAsAnErrorAndEndTheConnection) {
  TestServer server(echo);
  auto client = server.connect();
  client.send(put("Transfer-Encoding: chunked\r\n") + "1\r\nxGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.receive().status, 400u);
  EXPECT_TRUE(client.is_closed());
}

struct Stall {
  std::string_view name;
  std::string_view sent;
  void (*shorten)(Limits&);
};
const Stall kStalls[] = {
    {"nothing ever sent", "", [](Limits& limits) { limits.head = milliseconds{20}; }},
    {"head never complete", "GET / HTTP/1.1\r\nHos", [](Limits& limits) { limits.head = milliseconds{20}; }},
    {"idle", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", [](Limits& limits) { limits.idle = milliseconds{20}; }},
    {"body never complete", "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n1234",
     [](Limits& limits) { limits.body_read = milliseconds{20}; }},
};

TEST(ServerBody, AClientThatStallsIsCutInEveryStage) {
  for (const auto& stall : kStalls) {
    SCOPED_TRACE(stall.name);
    ServerOptions options;
    stall.shorten(options.limits);
    TestServer server(echo, options);
    auto client = server.connect();
    client.send(stall.sent);
    client.receive_all();
    EXPECT_TRUE(client.is_closed());
  }
}

/// Sends byte after byte for as long as it is let to; returns how many, at most `most`.
std::size_t trickle(TestServer& server, TestClient& client, std::size_t most) {
  while (server.server().connections() == 0) std::this_thread::yield();
  std::size_t trickled = 0;
  while (server.server().connections() > 0 && trickled < most) {
    client.send("a");
    ++trickled;
    std::this_thread::sleep_for(milliseconds{5});
  }
  return trickled;
}

TEST(ServerBody, TricklingAHeadDoesNotExtendItsTime) {
  ServerOptions options;
  options.limits.head = milliseconds{300};
  TestServer server(echo, options);
  auto client = server.connect();
  client.send("GET / HTTP/1.1\r\nX: ");
  // Without the limit this would not end before the header is too large.
  EXPECT_LT(trickle(server, client, 3000), 3000u);
}

TEST(ServerBody, TricklingABodyIsCutWhenItIsTooSlowOnAverage) {
  ServerOptions options;
  options.limits.body_read = milliseconds{100};
  options.limits.body_rate = 100'000;
  TestServer server(echo, options);
  auto client = server.connect();
  client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 3000\r\n\r\n");
  EXPECT_LT(trickle(server, client, 2999), 2999u) << "each byte came in time, all of them would not have";
}

TEST(ServerBody, AClientThatTakesNothingIsCut) {
  ServerOptions options;
  options.limits.write = milliseconds{50};
  TestServer server(
      [](Request&) -> Task<Response> {
        co_return Response::text(200, "text/plain", std::string(std::size_t{64} << 20, 'x'));
      },
      options);
  auto client = server.connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  while (server.server().connections() == 0) std::this_thread::yield();
  while (server.server().connections() > 0) std::this_thread::sleep_for(milliseconds{5});
  EXPECT_LT(client.receive_all().size(), std::size_t{64} << 20);
}

}  // namespace
}  // namespace vitrine::http
