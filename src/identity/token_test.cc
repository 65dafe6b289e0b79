#include "identity/token.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "base/encoding.h"
#include "identity/test_requests.h"
#include "identity/token_verifier.h"

namespace vitrine::identity {
namespace {

namespace json = boost::json;

const Timestamp kValidTime = *parse_iso8601("2026-06-01");

json::object vectors() {
  std::ifstream in("src/identity/testdata/tokens.json");
  std::string text{std::istreambuf_iterator<char>(in), {}};
  return json::parse(text).as_object();
}

/// A file with keys that goes with the test.
class KeyFile {
 public:
  KeyFile() : path_(std::filesystem::temp_directory_path() / ("vitrine-keys-" + to_hex(name_))) {}
  ~KeyFile() { std::filesystem::remove(path_); }
  void write(std::string_view text) const { std::ofstream(path_) << text; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::array<std::uint8_t, 8> name_ = crypto::random_array<8>();
  std::filesystem::path path_;
};

std::unique_ptr<TokenVerifier> verifier_of(const KeyFile& file) {
  return *TokenVerifier::open({.issuer = "https://issuer.example/tenant",
                               .audiences = {"urn:unused", "https://storage.azure.com"},
                               .keys = file.path()});
}

struct Vectors : testing::Test {
  Vectors() {
    file.write(json::serialize(all.at("keys")));
    verifier = verifier_of(file);
  }
  [[nodiscard]] std::string good(std::string_view name) const {
    return std::string(all.at("good").as_object().at(name).as_string());
  }
  json::object all = vectors();
  KeyFile file;
  std::unique_ptr<TokenVerifier> verifier;
};

TEST_F(Vectors, GoodTokensHold) {
  for (const auto& [name, token] : all.at("good").as_object()) {
    auto claims = verifier->verify(token.as_string(), kValidTime);
    ASSERT_TRUE(claims) << std::string_view(name) << ": " << claims.error().message;
    EXPECT_EQ(claims->subject, "alice");
  }
  auto claims = *verifier->verify(good("object id"), kValidTime);
  EXPECT_EQ(claims.holder(), "8a6f");
  EXPECT_EQ(claims.tenant, "t1");
}

TEST_F(Vectors, OthersDoNot) {
  for (const auto& [name, token] : all.at("bad").as_object()) {
    auto claims = verifier->verify(token.as_string(), kValidTime);
    ASSERT_FALSE(claims) << std::string_view(name);
    EXPECT_EQ(claims.error().code, Code::InvalidAuthenticationInfo) << std::string_view(name);
  }
}

TEST_F(Vectors, NoByteOfATokenCanBeChanged) {
  const auto token = good("ES256");
  for (std::size_t at = 0; at < token.size(); ++at) {
    auto changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verifier->verify(changed, kValidTime)) << at;
  }
}

TEST_F(Vectors, ClocksMayDifferByFiveMinutes) {
  const auto token = good("RS256");
  const auto begin = *parse_iso8601("2026-01-01"), end = *parse_iso8601("2027-01-01");
  using namespace std::chrono_literals;
  EXPECT_TRUE(verifier->verify(token, begin - 5min));
  EXPECT_FALSE(verifier->verify(token, begin - 5min - 1s));
  EXPECT_TRUE(verifier->verify(token, end + 5min - 1s));
  EXPECT_FALSE(verifier->verify(token, end + 5min));
}

TEST_F(Vectors, KeysAreReadAgainWhenTheyChange) {
  const auto token = good("RS256");
  auto keys = all.at("keys").as_object();
  keys.at("keys").as_array().at(0).as_object().at("kid") = "renamed";
  file.write(json::serialize(keys));
  EXPECT_FALSE(verifier->verify(token, kValidTime));
  file.write(json::serialize(all.at("keys")) + " ");
  EXPECT_TRUE(verifier->verify(token, kValidTime));
  file.write("{");
  EXPECT_TRUE(verifier->verify(token, kValidTime)) << "those before stay in force";
  std::filesystem::remove(file.path());
  EXPECT_TRUE(verifier->verify(token, kValidTime));
}

TEST_F(Vectors, AKeyIsForItsOwnAlgorithm) {
  auto keys = all.at("keys").as_object();
  auto& rsa = keys.at("keys").as_array().at(0).as_object();
  rsa["alg"] = "PS256";
  file.write(json::serialize(keys));
  EXPECT_FALSE(verifier->verify(good("RS256"), kValidTime));
  EXPECT_TRUE(verifier->verify(good("PS256"), kValidTime));
}

TEST_F(Vectors, KeySetsWithoutAKeyForSignaturesAreRefused) {
  const auto rsa = all.at("keys").as_object().at("keys").as_array().at(0).as_object();
  auto with = [&](std::string_view name, json::value value) {
    auto key = rsa;
    key[name] = std::move(value);
    return json::serialize(json::object{{"keys", json::array{key}}});
  };
  EXPECT_TRUE(KeySet::parse(with("kid", "x")));
  for (const auto& text : {std::string(), std::string("[]"), std::string("{}"), std::string("{\"keys\":{}}"),
                           std::string("{\"keys\":[]}"), std::string("{\"keys\":[1]}"), with("kty", "oct"),
                           with("kty", "EC"), with("use", "enc"), with("alg", "HS256"), with("n", "AQAB"),
                           with("n", "!"), with("e", ""), with("e", "AQ"), with("e", "Ag")}) {
    auto set = KeySet::parse(text);
    ASSERT_FALSE(set) << text;
    EXPECT_EQ(set.error().code, Code::InvalidInput);
  }
}

TEST(Base64Url, IsStrict) {
  EXPECT_EQ(to_hex(*from_base64url("-_8")), "fbff");
  EXPECT_TRUE(from_base64url("")->empty());
  for (auto text : {"+_8", "-/8", "-_8=", "-_9", "A", "-_ 8"}) EXPECT_FALSE(from_base64url(text)) << text;
}

TEST(TokenVerifier, NeedsAFileWithKeys) {
  auto verifier = TokenVerifier::open({.issuer = "i", .audiences = {"a"}, .keys = "absent"});
  ASSERT_FALSE(verifier);
  EXPECT_EQ(verifier.error().code, Code::InvalidInput);
}

}  // namespace
}  // namespace vitrine::identity
