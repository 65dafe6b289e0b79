#include "http/client.h"

#include <gtest/gtest.h>

#include "http/test_client.h"

namespace vitrine::http {
namespace {

struct UrlCase {
  std::string_view text, host;
  std::uint16_t port;
  std::string_view target;
  bool secure = false;
};
constexpr UrlCase kUrls[] = {
    {"http://a", "a", 80, "/"},
    {"http://a:10080", "a", 10080, "/"},
    {"http://127.0.0.1:1/log/checkpoint?x=1", "127.0.0.1", 1, "/log/checkpoint?x=1"},
    {"http://[::1]:8080/log", "::1", 8080, "/log"},
    {"http://[::1]/log", "::1", 80, "/log"},
    {"http://a?q", "a", 80, "/?q"},
    {"https://a/log", "a", 443, "/log", true},
    {"https://[::1]:8443", "::1", 8443, "/", true},
};

TEST(ClientUrl, IsTakenApart) {
  for (const auto& wanted : kUrls) {
    auto url = Url::parse(wanted.text);
    ASSERT_TRUE(url) << wanted.text;
    EXPECT_EQ(url->host, wanted.host) << wanted.text;
    EXPECT_EQ(url->port, wanted.port) << wanted.text;
    EXPECT_EQ(url->target, wanted.target) << wanted.text;
    EXPECT_EQ(url->secure, wanted.secure) << wanted.text;
  }
}

TEST(ClientUrl, OfAnotherFormIsRefused) {
  for (auto text :
       {"", "a", "ftp://a/", "http://", "http:///x", "http://a:0/", "http://a:70000/", "http://a:1x/",
        "http://a b/", "http://a/b c", "http://user@a/", "http://a/x#y", "https://", "https:/a"})
    EXPECT_EQ(Url::parse(text).error().code, Code::InvalidInput) << text;
}

TEST(Client, SendsMethodHeadersAndBodyAndReceivesAll) {
  TestServer server([](Request& request) -> Task<Response> {
    std::string body(16, ' ');
    auto count = co_await request.body.read({reinterpret_cast<std::uint8_t*>(body.data()), body.size()});
    auto response = Response::text(418, "text/plain", request.method_text + body.substr(0, *count));
    response.headers.set("X-Echo", *request.headers.get("X-Sent"));
    co_return response;
  });
  auto url = Url::parse("http://127.0.0.1:" + std::to_string(server.port()) + "/a").value();
  auto answer = fetch({.method = "POST", .url = url, .headers = {{"X-Sent", "yes"}}, .body = "hello"});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 418u);
  EXPECT_EQ(answer->header("x-echo"), "yes");
  EXPECT_EQ(answer->body, "POSThello");
}

TEST(Client, GivesUpAServerThatDoesNotAnswer) {
  IoThreads threads(1);
  Server silent(threads, {}, echo);
  auto port = silent.listen().value();
  for (auto scheme : {"http", "https"}) {
    auto url = Url::parse(scheme + ("://127.0.0.1:" + std::to_string(port))).value();
    auto answer = fetch({.url = url}, std::chrono::milliseconds(200));
    ASSERT_FALSE(answer) << scheme;
    EXPECT_EQ(answer.error().code, Code::OperationTimedOut) << scheme;
  }
}

TEST(Client, SaysWhichServerItCannotReach) {
  std::uint16_t port = 0;
  {
    TestServer gone([](Request&) -> Task<Response> { co_return Response::empty(204); });
    port = gone.port();
  }
  auto answer = fetch({.url = Url::parse("http://127.0.0.1:" + std::to_string(port)).value()});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::Unavailable);
  EXPECT_NE(answer.error().message.find(std::to_string(port)), std::string::npos);
}

}  // namespace
}  // namespace vitrine::http
