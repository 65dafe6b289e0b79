#include "identity/shared_key.h"

#include <gtest/gtest.h>

#include <functional>

#include "identity/canonical.h"
#include "identity/test_requests.h"

namespace vitrine::identity {
namespace {

struct StoredRequest {
  std::string name, method, path;
  Pairs query, headers;

  void set(std::string_view header, std::string value) {
    std::erase_if(headers, [&](auto& h) { return to_lower(h.first) == header; });
    headers.emplace_back(header, std::move(value));
  }
};

std::vector<StoredRequest> sdk_requests() {
  std::vector<StoredRequest> requests;
  for (const auto& vector : read_vectors("shared_key.json"))
    requests.push_back({vector.at("name").as_string().c_str(), vector.at("method").as_string().c_str(),
                        vector.at("path").as_string().c_str(), pairs_of(vector.at("query")),
                        pairs_of(vector.at("headers"))});
  return requests;
}

StoredRequest sdk_request(std::string_view name) {
  for (auto& request : sdk_requests())
    if (request.name == name) return request;
  throw std::runtime_error("no such vector");
}

Timestamp date_of(const StoredRequest& request) {
  return *parse_http_date(header_value(views_of(request.headers), "x-ms-date"));
}

Result<const AccessKey*> verify(const StoredRequest& request, std::chrono::minutes clock_off = {}) {
  static const auto keys = emulator_key_ring();
  auto query = views_of(request.query), headers = views_of(request.headers);
  return verify_shared_key({request.method, request.path, query, headers}, keys,
                           date_of(request) + clock_off);
}

/// Signs as a client would, so that a test can vary what the SDK never sends.
void sign(StoredRequest& request, SharedKeyScheme scheme, HeaderOrder order = HeaderOrder::Collated) {
  auto query = views_of(request.query), headers = views_of(request.headers);
  SignedRequest view{request.method, request.path, query, headers};
  auto text = string_to_sign(view, scheme, kEmulatorAccount, request.path, order);
  auto signature = to_base64(crypto::HmacKey(*from_base64(kEmulatorKey)).sign(as_bytes(text)));
  std::string prefix = scheme == SharedKeyScheme::Lite ? "SharedKeyLite " : "SharedKey ";
  request.set("authorization", prefix + std::string(kEmulatorAccount) + ":" + signature);
}

TEST(SharedKey, VerifiesWhatTheSdkSigns) {
  auto requests = sdk_requests();
  EXPECT_EQ(requests.size(), 21u);
  for (auto& request : requests) {
    auto signer = verify(request);
    ASSERT_TRUE(signer) << request.name << ": " << signer.error().message;
    EXPECT_EQ((*signer)->name.text(), "key2");
  }
}

TEST(SharedKey, EveryChangeIsNoticed) {
  struct Row {
    const char* what;
    std::function<void(StoredRequest&)> change;
  };
  const Row rows[] = {
      {"method", [](auto& r) { r.method = "DELETE"; }},
      {"path", [](auto& r) { r.path += "x"; }},
      {"path spelled otherwise", [](auto& r) { r.path.replace(r.path.find("%20"), 3, "+"); }},
      {"query added", [](auto& r) { r.query.emplace_back("comp", "metadata"); }},
      {"length", [](auto& r) { r.set("content-length", "6"); }},
      {"type", [](auto& r) { r.set("content-type", "text/html"); }},
      {"condition", [](auto& r) { r.set("if-none-match", ""); }},
      {"md5", [](auto& r) { r.set("content-md5", "AAAA"); }},
      {"range", [](auto& r) { r.set("range", "bytes=0-1"); }},
      {"date", [](auto& r) { r.set("x-ms-date", "Sun, 06 Nov 1994 08:49:37 GMT"); }},
      {"metadata", [](auto& r) { r.set("x-ms-meta-zeta", "2"); }},
      {"metadata added", [](auto& r) { r.set("x-ms-meta-new", ""); }},
      {"purpose added", [](auto& r) { r.set("x-ms-vitrine-purpose", "archive"); }},
      {"copy source added", [](auto& r) { r.set("x-ms-copy-source", "http://other/"); }},
  };
  for (const auto& [what, change] : rows) {
    auto request = sdk_request("path: put blob");
    change(request);
    auto signer = verify(request);
    ASSERT_FALSE(signer) << what;
    EXPECT_EQ(signer.error().code, Code::AuthenticationFailed) << what;
  }
}

TEST(SharedKey, TheSecondaryAddressMayBeSignedWithoutItsSuffix) {
  auto request = sdk_request("secondary: get range");
  auto path = request.path;
  request.path.erase(request.path.find("-secondary"), 10);
  sign(request, SharedKeyScheme::Full);
  request.path = path;
  EXPECT_TRUE(verify(request));
}

TEST(SharedKey, BothHeaderOrdersAreAccepted) {
  auto request = sdk_request("path: put blob");
  request.set("x-ms-meta-ab", "1");
  request.set("x-ms-metadata", "1");
  for (auto order : {HeaderOrder::Collated, HeaderOrder::Ordinal}) {
    sign(request, SharedKeyScheme::Full, order);
    EXPECT_TRUE(verify(request));
  }
}

TEST(SharedKey, LiteSignsLess) {
  auto request = sdk_request("path: conditions");
  sign(request, SharedKeyScheme::Lite);
  ASSERT_TRUE(verify(request));
  request.set("if-match", "\"other\"");
  EXPECT_TRUE(verify(request)) << "Lite does not cover conditions";
  request.set("x-ms-meta-k", "w");
  EXPECT_FALSE(verify(request));
}

TEST(SharedKey, LiteTextHasCompOnly) {
  const NameValue query[] = {{"restype", "container"}, {"Comp", "list"}};
  const NameValue headers[] = {{"Content-Type", "a/b"}, {"Date", "D"}, {"x-ms-b", "2"}, {"X-Ms-A", " 1 "}};
  EXPECT_EQ(string_to_sign({"GET", "/acct/c", query, headers}, SharedKeyScheme::Lite, "acct", "/acct/c",
                           HeaderOrder::Ordinal),
            "GET\n\na/b\nD\nx-ms-a:1\nx-ms-b:2\n/acct/acct/c?comp=list");
}

TEST(SharedKey, ALengthOfZeroIsSignedAsTheVersionSays) {
  for (auto [version, line] :
       {std::pair{"2014-02-14", "0"}, {"2015-02-21", ""}, {"2026-10-06", ""}, {"", ""}}) {
    const NameValue headers[] = {{"Content-Length", "0"}, {"x-ms-version", version}};
    auto text =
        string_to_sign({"PUT", "/a", {}, headers}, SharedKeyScheme::Full, "a", "/a", HeaderOrder::Ordinal);
    EXPECT_TRUE(text.starts_with(std::string("PUT\n\n\n") + line + "\n")) << version;
  }
}

TEST(SharedKey, RepeatedQueryParametersAreSortedAndJoined) {
  const NameValue query[] = {{"Include", "snapshots"}, {"comp", "list"}, {"include", "metadata"}};
  EXPECT_EQ(canonical_query(query), "\ncomp:list\ninclude:metadata,snapshots");
}

TEST(SharedKey, TheDateMustBeNear) {
  auto request = sdk_request("path: delete");
  for (int minutes : {-15, 0, 15}) EXPECT_TRUE(verify(request, std::chrono::minutes(minutes))) << minutes;
  for (int minutes : {-16, 16}) {
    auto signer = verify(request, std::chrono::minutes(minutes));
    ASSERT_FALSE(signer) << minutes;
    EXPECT_NE(signer.error().message.find("clock"), std::string::npos);
  }
}

TEST(SharedKey, DateServesWhenThereIsNoServiceDate) {
  auto request = sdk_request("path: delete");
  auto now = date_of(request);
  std::erase_if(request.headers, [](auto& h) { return to_lower(h.first) == "x-ms-date"; });
  auto verify_at_now = [&] {
    auto query = views_of(request.query), headers = views_of(request.headers);
    return verify_shared_key({request.method, request.path, query, headers}, emulator_key_ring(), now);
  };
  sign(request, SharedKeyScheme::Full);
  EXPECT_EQ(verify_at_now().error().code, Code::AuthenticationFailed) << "no date at all";
  request.set("date", to_http_date(now));
  sign(request, SharedKeyScheme::Full);
  EXPECT_TRUE(verify_at_now());
}

TEST(SharedKey, ASignedHeaderMayNotBeRepeated) {
  for (auto header : {"x-ms-meta-zeta", "X-MS-Version", "content-type", "If-None-Match"}) {
    auto request = sdk_request("path: put blob");
    request.headers.emplace_back(header, "1");
    EXPECT_EQ(verify(request).error().code, Code::InvalidHeaderValue) << header;
  }
}

TEST(SharedKey, MalformedAuthorization) {
  for (auto text : {"", "SharedKey", "SharedKey devstoreaccount1", "SharedKey devstoreaccount1:", "Bearer x",
                    "SharedKey devstoreaccount1:AAAA", "sharedkey devstoreaccount1:AAAA",
                    "SharedKey devstoreaccount1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
    auto request = sdk_request("path: delete");
    request.set("authorization", text);
    EXPECT_EQ(verify(request).error().code, Code::InvalidAuthenticationInfo) << text;
  }
}

TEST(SharedKey, AnotherAccountsNameIsRefused) {
  auto request = sdk_request("path: delete");
  request.set("authorization", "SharedKey other:" + to_base64(Bytes(32, 0)));
  EXPECT_EQ(verify(request).error().code, Code::AuthenticationFailed);
}

TEST(SharedKey, CollationIgnoresHyphensFirst) {
  const std::string_view sorted[] = {
      "x-ms-blob-type", "x-ms-client-request-id", "x-ms-date",   "x-ms-meta_a", "x-ms-meta1", "x-ms-metaa",
      "x-ms-meta-a",    "x-ms-meta-ab",           "x-ms-version"};
  for (std::size_t i = 0; i < std::size(sorted); ++i)
    for (std::size_t j = 0; j < std::size(sorted); ++j)
      EXPECT_EQ(collates_before(sorted[i], sorted[j]), i < j) << sorted[i] << " " << sorted[j];
}

}  // namespace
}  // namespace vitrine::identity
