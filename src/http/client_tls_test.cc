#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "http/client.h"
#include "http/test_canned_server.h"
#include "http/test_certificate.h"
#include "http/test_client.h"

namespace vitrine::http {
namespace {

constexpr std::string_view kLocal = "127.0.0.1";
const Subject kHere{.alternative_names = "IP:127.0.0.1,DNS:localhost"};

ClientRequest request_to(std::uint16_t port, std::string authorities, std::string_view host = kLocal) {
  return {.url = Url::parse(fmt::format("https://{}:{}/a", host, port)).value(),
          .authorities = std::move(authorities)};
}

TestServer serve_with(const SelfSigned& certificate) {
  return TestServer(echo, {.tls = certificate.files()});
}

TEST(ClientTls, AsksAServerWhoseCertificateIsForItsHostOrAddress) {
  SelfSigned certificate(kHere);
  auto server = serve_with(certificate);
  for (auto host : {kLocal, std::string_view("localhost")}) {
    auto answer = fetch(request_to(server.port(), certificate.pem(), host));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "GET /a ");
  }
}

TEST(ClientTls, AsksNoProxyThatTheEnvironmentNames) {
  SelfSigned certificate(kHere);
  auto server = serve_with(certificate);
  ::setenv("https_proxy", "http://127.0.0.1:1", 1);
  auto answer = fetch(request_to(server.port(), certificate.pem()));
  ::unsetenv("https_proxy");
  EXPECT_TRUE(answer) << answer.error().message;
}

struct Distrust {
  std::string_view name;
  Subject subject;
  std::string_view host;
  bool is_authority;  ///< otherwise another certificate is
  std::string_view reason;
};

TEST(ClientTls, TrustsNoCertificateOfAnotherHostOrUnknownAuthority) {
  const SelfSigned other(kHere);
  for (const auto& [name, subject, host, is_authority, reason] :
       {Distrust{"name of another",
                 {.alternative_names = "DNS:a.example"},
                 "localhost",
                 true,
                 "hostname mismatch"},
        Distrust{"name for an address",
                 {.alternative_names = "DNS:localhost"},
                 kLocal,
                 true,
                 "IP address mismatch"},
        Distrust{
            "another address", {.alternative_names = "IP:127.0.0.2"}, kLocal, true, "IP address mismatch"},
        Distrust{"common name alone", {.common_name = "localhost"}, "localhost", true, "hostname mismatch"},
        Distrust{"another authority", kHere, kLocal, false, "self-signed certificate"}}) {
    SelfSigned certificate(subject);
    auto server = serve_with(certificate);
    auto answer = fetch(request_to(server.port(), is_authority ? certificate.pem() : other.pem(), host));
    ASSERT_FALSE(answer) << name;
    EXPECT_EQ(answer.error().code, Code::AuthenticationFailed) << name;
    EXPECT_EQ(answer.error().message,
              fmt::format("The certificate of {}:{} is not trusted: {}.", host, server.port(), reason))
        << name;
  }
}

TEST(ClientTls, TrustsTheSystemsAuthoritiesOnlyWhereNoneAreGiven) {
  const SelfSigned certificate(kHere), other(kHere);
  auto server = serve_with(certificate);
  EXPECT_EQ(fetch(request_to(server.port(), {})).error().code, Code::AuthenticationFailed);
  // OpenSSL's way to say which the system's are.
  ::setenv("SSL_CERT_FILE", certificate.files().certificate_chain.c_str(), 1);
  auto trusted = fetch(request_to(server.port(), {}));
  auto untrusted = fetch(request_to(server.port(), other.pem()));
  ::unsetenv("SSL_CERT_FILE");
  EXPECT_TRUE(trusted) << trusted.error().message;
  ASSERT_FALSE(untrusted);
  EXPECT_EQ(untrusted.error().code, Code::AuthenticationFailed);
}

TEST(ClientTls, RefusesAuthoritiesThatAreNone) {
  SelfSigned certificate(kHere);
  auto server = serve_with(certificate);
  for (const auto* text :
       {"no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"})
    EXPECT_EQ(fetch(request_to(server.port(), text)).error().code, Code::InvalidInput) << text;
}

TEST(ClientTls, TakesAServerWithoutTlsForNone) {
  TestServer plain(echo);
  auto answer = fetch(request_to(plain.port(), {}));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::ConnectionClosed);
}

TEST(ClientTls, TakesACutConnectionForNoEndOfAnAnswer) {
  SelfSigned certificate(kHere);
  // Without a length, only the peer's closing alert tells the end from a cut that anybody can make.
  CannedServer cut({.answer = "HTTP/1.1 200 OK\r\n\r\nabc", .tls = certificate.files()});
  auto answer = fetch(request_to(cut.port(), certificate.pem()));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::ConnectionClosed);
  CannedServer proper(
      {.answer = "HTTP/1.1 200 OK\r\n\r\nabc", .says_goodbye = true, .tls = certificate.files()});
  EXPECT_EQ(fetch(request_to(proper.port(), certificate.pem()))->body, "abc");
  CannedServer counted(
      {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", .tls = certificate.files()});
  EXPECT_EQ(fetch(request_to(counted.port(), certificate.pem()))->body, "abc");
}

TEST(ClientTls, OutlivesAServerThatGoesWhileItSends) {
  SelfSigned certificate(kHere);
  CannedServer gone({.reads = false, .tls = certificate.files()});
  auto request = request_to(gone.port(), certificate.pem());
  request.method = "PUT";
  request.body.assign(std::size_t{16} << 20, 'b');
  auto answer = fetch(request);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::ConnectionClosed);
}

}  // namespace
}  // namespace vitrine::http
