#include "crypto/public_key.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace vitrine::crypto {
namespace {

// RFC 7515, appendix A.3.
constexpr std::string_view kX = "7fcdce2770f6c45d4183cbee6fdb4b7b580733357be9ef13bacf6e3c7bd15445";
constexpr std::string_view kY = "c7f144cd1bbd9b7e872cdfedb9eeb9f4b3695d6ea90b24ad8a4623288588e5ad";
constexpr std::string_view kSignature =
    "0ed1215379636c483c2f7f155807d402a3b228033af97c7e17819ac3169ea665"
    "c50a07d38c3c70e5d8f12daf084a5480a66590c5f293509a8f3f7f8a83a354d5";
// A modulus of two primes, made by `openssl genrsa 2048`.
constexpr std::string_view kModulus =
    "b240619d029a4428c19b8546feb6fb23e69de52c72246c4d1f9670e82e6a38212c28b5fd3e1349a03b994f17cf682658"
    "6a33677b10644cdcc6c6ef8687d11cb56e8e0dde26e6bc147674a063c755a0cad15fac44e85a663f2e572505f7e91eb6"
    "197be10320a83f4a7038df9985e3d825c1b93fde3944ea72340300de8eed8e5844bde5ead462c9ec676deac1f364a843"
    "e9dab9ffddd8d39e9f41a65894763a0937d1ac338f217cae932b9c7a00bd9c5f3d05eded72b95970436a4ea9406d0aab"
    "d7154ef03f0e1c4e41f7735060b4039ae4d555cf5242e1f68114e3f791501832cf7a23eaab5edcd1b6a5a9d90b4d9c38"
    "431ace99e4bb92e0a0d5202eeb8e55bd";
constexpr std::string_view kMessage =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb2"
    "90Ijp0cnVlfQ";

TEST(PublicKey, VerifiesThePublishedSignature) {
  const auto key = *PublicKey::p256(*from_hex(kX), *from_hex(kY));
  auto signature = *from_hex(kSignature);
  EXPECT_TRUE(key.verifies(JwsAlgorithm::Es256, as_bytes(kMessage), signature));
  EXPECT_FALSE(key.verifies(JwsAlgorithm::Es256, as_bytes("other"), signature));
  for (auto algorithm : {JwsAlgorithm::Rs256, JwsAlgorithm::Ps256})
    EXPECT_FALSE(key.verifies(algorithm, as_bytes(kMessage), signature));
  EXPECT_FALSE(key.verifies(JwsAlgorithm::Es256, as_bytes(kMessage), Bytes(64, 0))) << "R and S of zero";
  EXPECT_FALSE(key.verifies(JwsAlgorithm::Es256, as_bytes(kMessage), {}));
  signature.push_back(0);
  EXPECT_FALSE(key.verifies(JwsAlgorithm::Es256, as_bytes(kMessage), signature));
}

TEST(PublicKey, WhatIsNoKeyIsRefused) {
  const auto x = *from_hex(kX), y = *from_hex(kY);
  EXPECT_FALSE(PublicKey::p256(x, x)) << "no point of the curve";
  EXPECT_FALSE(PublicKey::p256(x, {}));
  EXPECT_FALSE(PublicKey::p256(Bytes(32, 0), Bytes(32, 0)));
  const Bytes exponent{1, 0, 1};
  const auto modulus = *from_hex(kModulus);
  EXPECT_TRUE(PublicKey::rsa(modulus, exponent));
  EXPECT_FALSE(PublicKey::rsa(ConstBytes(modulus).first(128), exponent)) << "1024 bits";
  EXPECT_FALSE(PublicKey::rsa(Bytes(1025, 0xff), exponent));
  for (const auto& bad : {Bytes{}, Bytes{1}, Bytes{2}, Bytes(9, 1)})
    EXPECT_FALSE(PublicKey::rsa(modulus, bad));
}

TEST(JwsAlgorithms, AreThreeAndNoOthers) {
  EXPECT_EQ(jws_algorithm("RS256"), JwsAlgorithm::Rs256);
  EXPECT_EQ(jws_algorithm("PS256"), JwsAlgorithm::Ps256);
  EXPECT_EQ(jws_algorithm("ES256"), JwsAlgorithm::Es256);
  for (auto name : {"", "none", "HS256", "rs256", "RS512", "ES384", "EdDSA"})
    EXPECT_FALSE(jws_algorithm(name)) << name;
}

}  // namespace
}  // namespace vitrine::crypto
