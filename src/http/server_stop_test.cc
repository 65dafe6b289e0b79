#include <gtest/gtest.h>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <future>

#include "http/server.h"
#include "http/test_client.h"

namespace vitrine::http {
namespace {

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::chrono::seconds kLong{60};

TEST(ServerStop, IdleConnectionsAreClosedAtOnce) {
  TestServer server(echo);
  auto used = server.connect();
  used.send(kGet);
  EXPECT_EQ(used.receive().status, 200u);
  auto fresh = server.connect();
  EXPECT_EQ(server.server().stop(kLong), 0u);
  EXPECT_TRUE(used.is_closed());
  EXPECT_EQ(server.server().connections(), 0u);
}

TEST(ServerStop, ARunningRequestIsAnsweredAndItsConnectionClosed) {
  std::promise<void> entered;
  TestServer server([&](Request& request) -> Task<Response> {
    entered.set_value();
    auto body = co_await read_all(request.body);
    co_return Response::text(200, "text/plain", *body);
  });
  auto client = server.connect();
  client.send("PUT /b HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab");
  entered.get_future().get();
  auto stopped = std::async(std::launch::async, [&] { return server.server().stop(kLong); });
  client.send("cd");
  auto answer = client.receive();
  EXPECT_EQ(answer.body, "abcd");
  client.close();
  EXPECT_EQ(stopped.get(), 0u);
}

TEST(ServerStop, WhatOutlastsTheDrainIsCut) {
  std::promise<void> entered;
  TestServer server([&](Request& request) -> Task<Response> {
    entered.set_value();
    (void)co_await read_all(request.body);
    co_return Response::empty(200);
  });
  auto client = server.connect();
  client.send("PUT /b HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab");
  entered.get_future().get();
  EXPECT_EQ(server.server().stop(std::chrono::milliseconds{50}), 1u);
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(server.server().connections(), 0u);
}

TEST(ServerStop, NobodyIsAcceptedAfterwards) {
  TestServer server(echo);
  EXPECT_EQ(server.ask(kGet).status, 200u);
  server.server().stop(kLong);
  EXPECT_THROW(server.connect(), boost::system::system_error);
  EXPECT_EQ(server.server().stop(kLong), 0u);
}

TEST(ServerStop, AHandlerThatNeverReturnsDoesNotHoldTheProcess) {
  std::promise<void> entered;
  TestServer server([&](Request&) -> Task<Response> {
    auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>, decltype(executor)>
        timer(executor, std::chrono::hours{24});
    entered.set_value();
    co_await timer.async_wait(boost::asio::use_awaitable_t<decltype(executor)>{});
    co_return Response::empty(200);
  });
  auto client = server.connect();
  client.send(kGet);
  entered.get_future().get();
  EXPECT_EQ(server.server().stop(std::chrono::milliseconds{1}), 1u);
  EXPECT_EQ(server.server().connections(), 1u);
}

}  // namespace
}  // namespace vitrine::http
