#include "http/server.h"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <thread>

#include "http/test_client.h"

namespace vitrine::http {
namespace {

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

/// Yields the pieces, then the end or a failure.
class Pieces final : public BodySource {
 public:
  explicit Pieces(std::vector<std::string> pieces, bool fails = false)
      : pieces_(std::move(pieces)), fails_(fails) {}

  Task<Result<ConstBytes>> next() override {
    if (at_ < pieces_.size()) co_return as_bytes(pieces_[at_++]);
    if (fails_) co_return fail(Code::Corrupt, "The stored bytes fail their check.");
    co_return ConstBytes{};
  }

 private:
  std::vector<std::string> pieces_;
  std::size_t at_ = 0;
  bool fails_;
};

Handler always(std::function<Response()> make) {
  return [make = std::move(make)](Request&) -> Task<Response> { co_return make(); };
}

TEST(Server, AnswersOnAConnectionThatStays) {
  TestServer server(echo);
  auto client = server.connect();
  for (int i = 0; i < 3; ++i) {
    client.send(kGet);
    auto answer = client.receive();
    EXPECT_EQ(answer.status, 200u);
    EXPECT_EQ(answer.body, "GET /a ");
    EXPECT_TRUE(answer.head.contains("\r\nDate: "));
    EXPECT_FALSE(answer.head.contains("\r\nConnection: "));
  }
}

struct Persistence {
  std::string_view request;
  std::string_view connection_line;
  bool stays;
};
constexpr Persistence kPersistence[] = {
    {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "Connection: close", false},
    {"GET / HTTP/1.0\r\n\r\n", "Connection: close", false},
    {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "Connection: keep-alive", true},
};

TEST(Server, TheClientDecidesWhetherTheConnectionStays) {
  TestServer server(echo);
  for (const auto& row : kPersistence) {
    SCOPED_TRACE(row.request);
    auto client = server.connect();
    client.send(row.request);
    auto answer = client.receive();
    EXPECT_TRUE(answer.head_has(row.connection_line)) << answer.head;
    if (row.stays) {
      client.send(row.request);
      EXPECT_EQ(client.receive().status, 200u);
    } else {
      EXPECT_TRUE(client.is_closed());
    }
  }
}

TEST(Server, PipelinedRequestsAreAnsweredInOrder) {
  TestServer server(echo);
  auto client = server.connect();
  client.send(
      "PUT /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\none"
      "PUT /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n"
      "\r\nGET http://h/3 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.receive().body, "PUT /1 one");
  EXPECT_EQ(client.receive().body, "PUT /2 two");
  EXPECT_EQ(client.receive().body, "GET /3 ");
}

TEST(Server, AHeadMayArriveByteByByte) {
  TestServer server(echo);
  auto client = server.connect();
  for (char c : std::string("PUT /b HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"))
    client.send({&c, 1});
  EXPECT_EQ(client.receive().body, "PUT /b hi");
}

TEST(Server, HeadStatesALengthAndSendsNoBody) {
  TestServer server(always([] { return Response::head(200, 1'000'000); }));
  auto client = server.connect();
  for (int i = 0; i < 2; ++i) {
    client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(client.receive(true).head_has("Content-Length: 1000000"));
  }
}

TEST(Server, AnswersWithoutABodyHaveNone) {
  for (unsigned status : {204u, 304u}) {
    TestServer server(always([status] { return Response::text(status, "text/plain", "dropped"); }));
    auto client = server.connect();
    for (int i = 0; i < 2; ++i) {
      client.send(kGet);
      auto answer = client.receive();
      EXPECT_EQ(answer.status, status);
      EXPECT_FALSE(answer.head.contains("Content-Length"));
    }
  }
}

TEST(Server, StreamsABodyOfKnownLength) {
  const std::string large(3'000'000, 'x');
  TestServer server(always([&] {
    return Response::streamed(
        206, std::make_unique<Pieces>(std::vector{std::string("ab"), large, std::string("c")}),
        large.size() + 3);
  }));
  auto client = server.connect();
  for (int i = 0; i < 2; ++i) {
    client.send(kGet);
    auto answer = client.receive();
    EXPECT_EQ(answer.status, 206u);
    EXPECT_TRUE(answer.body == "ab" + large + "c");
  }
}

TEST(Server, AStreamThatFailsMidwayOrEndsWrongCutsTheConnection) {
  struct {
    std::vector<std::string> pieces;
    bool fails;
  } cases[] = {{{"12345"}, true}, {{"12345"}, false}, {{"12345", "123456"}, false}};
  for (const auto& row : cases) {
    TestServer server(
        always([&] { return Response::streamed(200, std::make_unique<Pieces>(row.pieces, row.fails), 10); }));
    auto client = server.connect();
    client.send(kGet);
    auto answer = client.receive();
    EXPECT_EQ(answer.body, "12345");
    EXPECT_TRUE(client.is_closed());
  }
}

TEST(Server, AStreamThatFailsBeforeItsFirstByteIsAnsweredWithItsError) {
  TestServer server(always([] {
    return Response::streamed(200, std::make_unique<Pieces>(std::vector<std::string>{}, true), 10);
  }));
  auto client = server.connect();
  for (int i = 0; i < 2; ++i) {
    client.send(kGet);
    auto answer = client.receive();
    EXPECT_EQ(answer.status, http_status(Code::Corrupt));
    EXPECT_EQ(answer.body, "The stored bytes fail their check.\n");
  }
}

TEST(Server, AnExceptionIsA500AndTheConnectionGoesOn) {
  TestServer server([](Request& request) -> Task<Response> {
    if (request.target.path == "/throw") throw std::runtime_error("secret");
    co_return Response::text(200, "text/plain", "fine");
  });
  auto client = server.connect();
  client.send("GET /throw HTTP/1.1\r\nHost: h\r\n\r\n");
  auto answer = client.receive();
  EXPECT_EQ(answer.status, 500u);
  EXPECT_FALSE(answer.body.contains("secret"));
  client.send(kGet);
  EXPECT_EQ(client.receive().body, "fine");
}

TEST(Server, AHeaderThatWouldBeginAnotherIsNeverSent) {
  TestServer server(always([] {
    auto response = Response::text(200, "text/plain", "body");
    response.headers.set("x-ms-meta-a", "1\r\nSet-Cookie: evil");
    return response;
  }));
  auto answer = server.ask(kGet);
  EXPECT_EQ(answer.status, 500u);
  EXPECT_FALSE(answer.head.contains("evil"));
}

TEST(Server, TellsTheHandlerWhoAsks) {
  TestServer server([](Request& request) -> Task<Response> {
    co_return Response::text(
        200, "text/plain",
        request.peer_address + (request.secure ? " secure " : " plain ") + std::to_string(request.serial));
  });
  auto client = server.connect();
  client.send(kGet);
  EXPECT_EQ(client.receive().body, "127.0.0.1 plain 1");
  client.send(kGet);
  EXPECT_EQ(client.receive().body, "127.0.0.1 plain 2");
}

TEST(Server, OneConnectionTooManyIsTurnedAway) {
  ServerOptions options;
  options.limits.connections = 1;
  TestServer server(echo, options);
  auto first = server.connect();
  first.send(kGet);
  EXPECT_EQ(first.receive().status, 200u);
  auto second = server.connect();
  EXPECT_EQ(second.receive().status, 503u);
  EXPECT_TRUE(second.is_closed());
  first.send(kGet);
  EXPECT_EQ(first.receive().status, 200u);
}

TEST(Server, AHandlersNextReadFailsWhenTheClientLeft) {
  std::promise<Code> seen;
  TestServer server([&](Request& request) -> Task<Response> {
    auto body = co_await read_all(request.body);
    seen.set_value(body ? Code::Internal : body.error().code);
    co_return Response::empty(200);
  });
  auto client = server.connect();
  client.send("PUT /b HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345");
  client.close();
  EXPECT_EQ(seen.get_future().get(), Code::ConnectionClosed);
}

TEST(Server, APortInUseOrABadAddressIsAnError) {
  TestServer server(echo);
  IoThreads threads(1);
  Server same_port(threads, {.port = server.port()}, echo);
  EXPECT_EQ(same_port.start().error().code, Code::Unavailable);
  Server bad_address(threads, {.address = "localhost"}, echo);
  EXPECT_EQ(bad_address.start().error().code, Code::InvalidInput);
}

TEST(Server, WhoConnectsBeforeItServesWaits) {
  IoThreads threads(1);
  Server server(threads, {}, echo);
  auto port = server.listen().value();
  Server late(threads, {.port = port}, echo);
  EXPECT_EQ(late.listen().error().code, Code::Unavailable);
  TestClient early(port);
  early.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
  threads.start();
  EXPECT_EQ(server.start().value(), port);
  EXPECT_EQ(early.receive().status, 200u);
}

}  // namespace
}  // namespace vitrine::http
