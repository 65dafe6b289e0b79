#include "http/remote_body.h"

#include <gtest/gtest.h>

#include "http/test_canned_server.h"

namespace vitrine::http {
namespace {

bool is_allowed(const std::string& rule, const std::string& url) {
  return RemoteRules{.hosts = {rule}}.allow(Url::parse(url).value());
}

TEST(RemoteRules, NameHostsAndPorts) {
  struct Row {
    const char *rule, *url;
    bool allowed;
  };
  const Row rows[] = {{"example.org", "http://example.org/x", true},
                      {"Example.org", "https://eXample.org/x", true},
                      {"example.org", "http://example.org:8080/x", false},
                      {"example.org:8080", "http://example.org:8080/x", true},
                      {"example.org:8080", "http://example.org/x", false},
                      {"example.org", "http://www.example.org/x", false},
                      {"example.org", "http://example.org.evil/x", false},
                      {"*.example.org", "https://a.b.example.org/x", true},
                      {"*.example.org", "https://example.org/x", false},
                      {"*.example.org", "https://evilexample.org/x", false},
                      {"*", "http://anything/x", true},
                      {"*", "http://anything:81/x", false},
                      {"*:81", "http://anything:81/x", true},
                      {"[2606:4700::1]:81", "http://[2606:4700::1]:81/x", true}};
  for (const auto& row : rows)
    EXPECT_EQ(is_allowed(row.rule, row.url), row.allowed) << row.rule << " " << row.url;
  EXPECT_FALSE(RemoteRules{}.allow(Url::parse("http://example.org/x").value()));
}

TEST(RemoteRules, TakeNoAddressOfOnesOwnUnlessItIsNamed) {
  const auto own = Network::parse("127.0.0.1")->address;
  RemoteRules rules{.hosts = {"*"}};
  EXPECT_FALSE(rules.allow(own));
  EXPECT_TRUE(rules.allow(Network::parse("8.8.8.8")->address));
  rules.networks.push_back(*Network::parse("127.0.0.0/8"));
  EXPECT_TRUE(rules.allow(own));
}

class RemoteBodies : public testing::Test {
 protected:
  Result<std::string> fetch(const std::string& answer, const std::vector<Network>& networks,
                            std::vector<std::pair<std::string, std::string>> headers = {}) {
    CannedServer server({.answer = answer});
    const RemoteRules rules{.hosts = {"*:" + std::to_string(server.port())}, .networks = networks};
    RemoteRequest request{.url = {.host = "127.0.0.1", .port = server.port(), .target = "/x"},
                          .headers = std::move(headers)};
    auto body = TRY(RemoteBody::open(rules, std::move(request)));
    status_ = body->head().status;
    std::string text;
    std::array<std::uint8_t, 1000> piece{};
    while (auto count = TRY(body->read(piece))) text.append(as_text(ConstBytes(piece).first(count)));
    return text;
  }
  const std::vector<Network> loopback_{*Network::parse("127.0.0.0/8")};
  unsigned status_ = 0;
};

TEST_F(RemoteBodies, ComePieceByPieceAndWhole) {
  const std::string large(3'000'000, 'x');
  const auto answer = "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + large;
  EXPECT_EQ(fetch(answer, loopback_).value(), large);
  EXPECT_EQ(status_, 200u);
}

TEST_F(RemoteBodies, ThatBreakOffAreNone) {
  const auto broken = fetch("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", loopback_);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, Code::ConnectionClosed);
  EXPECT_FALSE(fetch("HTTP/1.1 200 OK\r\nContent-", loopback_));
}

TEST_F(RemoteBodies, AreNotFollowedElsewhere) {
  EXPECT_EQ(fetch("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", loopback_)
                .value(),
            "");
  EXPECT_EQ(status_, 302u);
}

TEST_F(RemoteBodies, AreNotAskedForWhereTheyMustNotBe) {
  const auto refused = fetch("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::AuthorizationFailure);
  EXPECT_EQ(fetch("HTTP/1.1 200 OK\r\n\r\n", loopback_, {{"a", "b\r\nc: d"}}).error().code,
            Code::InvalidHeaderValue);
}

}  // namespace
}  // namespace vitrine::http
