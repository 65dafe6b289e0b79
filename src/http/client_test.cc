#include "http/client.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "http/test_canned_server.h"
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

Url at(std::uint16_t port, const std::string& target = "/") {
  return Url::parse("http://127.0.0.1:" + std::to_string(port) + target).value();
}

Result<ClientAnswer> answered(std::string text, const std::string& method = "GET") {
  CannedServer server({.answer = std::move(text)});
  return fetch({.method = method, .url = at(server.port())});
}

/// The request as it came, with PORT for the port.
std::string sent(ClientRequest request, const std::string& target = "/") {
  CannedServer server({.body = request.body.size(), .answer = "HTTP/1.1 204 No Content\r\n\r\n"});
  request.url = at(server.port(), target);
  auto answer = fetch(request);
  EXPECT_TRUE(answer) << answer.error().message;
  auto text = server.received();
  auto port = std::to_string(server.port());
  return text.replace(text.find(port), port.size(), "PORT");
}

TEST(Client, SendsMethodHeadersAndBodyAndReceivesAll) {
  TestServer server([](Request& request) -> Task<Response> {
    auto body = co_await read_all(request.body);
    auto response = Response::text(418, "text/plain", request.method_text + *body);
    response.headers.set("X-Echo", *request.headers.get("X-Sent"));
    co_return response;
  });
  const std::string body(100'000, 'b');
  auto answer =
      fetch({.method = "POST", .url = at(server.port()), .headers = {{"X-Sent", "yes"}}, .body = body});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 418u);
  EXPECT_EQ(answer->header("x-echo"), "yes");
  EXPECT_EQ(answer->body, "POST" + body);
}

TEST(Client, SendsWhatItIsGivenByteForByteAndLittleElse) {
  EXPECT_EQ(
      sent({.headers = {{"X-A", "a  b"}, {"X-Empty", ""}, {"x-a", "\"c\";"}}}, "/a/../b%2f%41//c?x=%20+&y"),
      "GET /a/../b%2f%41//c?x=%20+&y HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n"
      "X-A: a  b\r\nX-Empty:\r\nx-a: \"c\";\r\n\r\n");
  EXPECT_EQ(sent({.method = "DELETE"}),
            "DELETE / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(sent({.method = "HEAD"}), "HEAD / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n\r\n");
}

TEST(Client, SaysHowLongABodyIsEvenAnEmptyOne) {
  for (const auto* method : {"PUT", "POST"})
    EXPECT_EQ(sent({.method = method, .headers = {{"Content-Length", "7"}, {"Content-Type", "a/b"}}}),
              std::string(method) +
                  " / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\nContent-Type: a/b\r\n"
                  "Content-Length: 0\r\n\r\n");
  // Of a size for which libcurl by itself would ask first whether it may send it.
  const std::string body(std::size_t{3} << 20, 'b');
  EXPECT_TRUE(sent({.method = "PATCH", .body = body})
                  .starts_with("PATCH / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n"
                               "Content-Length: 3145728\r\n\r\nb"));
}

TEST(Client, RefusesAHeaderThatIsMoreThanALine) {
  for (const auto& value : {std::string("a\r\nX-B: b"), std::string("a\nb"), std::string("a\0b", 3)})
    EXPECT_EQ(fetch({.url = at(1), .headers = {{"X-A", value}}}).error().code, Code::InvalidHeaderValue);
}

TEST(Client, KeepsTheAnswersHeadersApartAndNoOthers) {
  auto answer = answered(
      "HTTP/1.1 100 Continue\r\nX-A: early\r\n\r\nHTTP/1.1 200 OK\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\n"
      "X-Empty:\r\nx-a: 2\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-A: late\r\n\r\n");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200u);
  EXPECT_EQ(answer->body, "abcde");
  const std::vector<std::pair<std::string, std::string>> wanted{
      {"X-A", "1"}, {"Transfer-Encoding", "chunked"}, {"X-Empty", ""}, {"x-a", "2"}};
  EXPECT_EQ(answer->headers, wanted);
  EXPECT_EQ(answer->header("X-a"), "1");
}

TEST(Client, TakesAnswersOfAllForms) {
  EXPECT_EQ(answered("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc")->body, "ab");
  EXPECT_EQ(answered("HTTP/1.1 200 OK\r\n\r\nuntil the end")->body, "until the end");
  EXPECT_EQ(answered("HTTP/1.0 404 Not Found\r\n\r\n")->status, 404u);
  EXPECT_EQ(answered("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n")->status, 304u);
  auto head = answered("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", "HEAD");
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(head->header("content-length"), "1000000000");
}

TEST(Client, TakesNoAnswerThatBreaksOffOrIsNone) {
  for (const auto* text :
       {"", "HTT", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "<html>hello</html>\r\n\r\n", "220 mail.example ESMTP\r\n"}) {
    auto answer = answered(text);
    ASSERT_FALSE(answer) << text;
    EXPECT_EQ(answer.error().code, Code::ConnectionClosed) << text;
    EXPECT_NE(answer.error().message.find("did not answer as it should"), std::string::npos) << text;
  }
}

TEST(Client, TakesAtMost64MiBAndCutsNothing) {
  constexpr std::size_t kMost = std::size_t{64} << 20;
  auto chunked = [](std::size_t size) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + fmt::format("{:x}\r\n", size) +
           std::string(size, 'a') + "\r\n0\r\n\r\n";
  };
  auto longest = answered(chunked(kMost));
  ASSERT_TRUE(longest) << longest.error().message;
  EXPECT_EQ(longest->body.size(), kMost);
  auto whole =
      fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", kMost + 1) + std::string(kMost + 1, 'a');
  for (const auto& text : {chunked(kMost + 1), whole}) {
    auto answer = answered(text);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::ConnectionClosed);
    EXPECT_NE(answer.error().message.find("larger than 64 MiB"), std::string::npos);
  }
}

TEST(Client, FollowsNoRedirect) {
  TestServer other(echo);
  auto answer = answered("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:" + std::to_string(other.port()) +
                         "/b\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 302u);
  EXPECT_EQ(answer->body, "");
}

TEST(Client, AsksNoProxyThatTheEnvironmentNames) {
  TestServer server(echo);
  for (const auto* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) ::setenv(name, "http://127.0.0.1:1", 1);
  auto answer = fetch({.url = at(server.port(), "/a")});
  for (const auto* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) ::unsetenv(name);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, "GET /a ");
}

TEST(Client, GivesUpAServerThatDoesNotAnswer) {
  constexpr std::chrono::milliseconds kLimit{200};
  IoThreads threads(1);
  Server silent(threads, {}, echo);
  auto port = silent.listen().value();
  for (auto scheme : {"http", "https"}) {
    auto url = Url::parse(scheme + ("://127.0.0.1:" + std::to_string(port))).value();
    auto answer = fetch({.url = url}, kLimit);
    ASSERT_FALSE(answer) << scheme;
    EXPECT_EQ(answer.error().code, Code::OperationTimedOut) << scheme;
  }
  CannedServer stuck({.answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", .holds = true});
  EXPECT_EQ(fetch({.url = at(stuck.port())}, kLimit).error().code, Code::OperationTimedOut);
  EXPECT_EQ(fetch({.method = "PUT", .url = at(port), .body = std::string(std::size_t{32} << 20, 'b')}, kLimit)
                .error()
                .code,
            Code::OperationTimedOut);
}

TEST(Client, SaysWhichServerItCannotReach) {
  std::uint16_t port = 0;
  {
    TestServer gone([](Request&) -> Task<Response> { co_return Response::empty(204); });
    port = gone.port();
  }
  auto answer = fetch({.url = at(port)});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::Unavailable);
  EXPECT_EQ(answer.error().message,
            fmt::format("127.0.0.1:{} could not be reached: Connection refused.", port));
  auto nowhere = fetch({.url = Url::parse("http://a%2eb:7/").value()});
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, Code::Unavailable);
  EXPECT_TRUE(nowhere.error().message.starts_with("a%2eb:7 could not be reached: "));
}

TEST(Client, NamesAnAddressOfIpv6InBrackets) {
  // Nobody listens there; the same text goes into the Host header.
  auto answer = fetch({.url = Url::parse("http://[::1]:1/").value()});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::Unavailable);
  EXPECT_TRUE(answer.error().message.starts_with("[::1]:1 could not be reached: ")) << answer.error().message;
}

}  // namespace
}  // namespace vitrine::http
