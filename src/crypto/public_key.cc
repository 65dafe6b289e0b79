#include "crypto/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

namespace vitrine::crypto {
namespace {

template <auto free>
struct Free {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;

constexpr int kLeastRsaBits = 2048, kMostRsaBits = 8192;
constexpr std::size_t kMostExponentBytes = 8;
constexpr std::size_t kCoordinateBytes = 32;
constexpr std::uint8_t kUncompressed = 4;

Number number_of(ConstBytes big_endian) {
  return Number(BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), nullptr));
}

/// Null when OpenSSL does not take the parts for a key.
Key make_key(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
    made = nullptr;
  Key key(made);
  const KeyContext check(key ? EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr) : nullptr);
  if (!check || EVP_PKEY_public_check(check.get()) != 1) key.reset();
  ERR_clear_error();
  return key;
}

/// R and S as OpenSSL wants them: DER. Empty for another length.
Bytes der_of(ConstBytes signature) {
  if (signature.size() != 2 * kCoordinateBytes) return {};
  const Signature parts(ECDSA_SIG_new());
  auto r = number_of(signature.first(kCoordinateBytes)), s = number_of(signature.last(kCoordinateBytes));
  if (!parts || !r || !s || ECDSA_SIG_set0(parts.get(), r.release(), s.release()) != 1) return {};
  std::uint8_t* encoded = nullptr;
  const int size = i2d_ECDSA_SIG(parts.get(), &encoded);
  if (size <= 0) return {};
  Bytes out(encoded, encoded + size);
  OPENSSL_free(encoded);
  return out;
}

bool set_padding(EVP_PKEY_CTX* context, JwsAlgorithm algorithm) {
  if (algorithm == JwsAlgorithm::Rs256) return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  if (algorithm == JwsAlgorithm::Es256) return true;
  // RFC 7518 §3.5: the salt is as long as the digest, and both hashes are the same.
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1;
}

}  // namespace

struct PublicKey::State {
  Key key;
  bool is_rsa;
};

std::optional<JwsAlgorithm> jws_algorithm(std::string_view name) {
  if (name == "RS256") return JwsAlgorithm::Rs256;
  if (name == "PS256") return JwsAlgorithm::Ps256;
  if (name == "ES256") return JwsAlgorithm::Es256;
  return std::nullopt;
}

Result<PublicKey> PublicKey::rsa(ConstBytes modulus, ConstBytes exponent) {
  auto refused = [] {
    return fail(
        Code::InvalidInput,
        "An RSA key has from 2048 to 8192 bits and an odd exponent of 3 or more, of at most 8 bytes.");
  };
  if (modulus.size() > kMostRsaBits / 8 || exponent.size() > kMostExponentBytes) return refused();
  const auto n = number_of(modulus), e = number_of(exponent);
  if (!n || !e || BN_num_bits(n.get()) < kLeastRsaBits || !BN_is_odd(e.get()) || BN_is_one(e.get()))
    return refused();
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return refused();
  auto key = make_key("RSA", builder.get());
  if (!key) return refused();
  return PublicKey(std::make_shared<const State>(State{std::move(key), true}));
}

Result<PublicKey> PublicKey::p256(ConstBytes x, ConstBytes y) {
  auto refused = [] {
    return fail(Code::InvalidInput, "These are not the coordinates of a point of P-256.");
  };
  if (x.size() != kCoordinateBytes || y.size() != kCoordinateBytes) return refused();
  Bytes point{kUncompressed};
  append(point, x);
  append(point, y);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) !=
          1)
    return refused();
  auto key = make_key("EC", builder.get());
  if (!key) return refused();
  return PublicKey(std::make_shared<const State>(State{std::move(key), false}));
}

bool PublicKey::verifies(JwsAlgorithm algorithm, ConstBytes message, ConstBytes signature) const {
  if (state_->is_rsa == (algorithm == JwsAlgorithm::Es256)) return false;
  const auto der = algorithm == JwsAlgorithm::Es256 ? der_of(signature) : to_bytes(signature);
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* of_key = nullptr;
  const bool holds =
      !der.empty() && context &&
      EVP_DigestVerifyInit(context.get(), &of_key, EVP_sha256(), nullptr, state_->key.get()) == 1 &&
      set_padding(of_key, algorithm) &&
      EVP_DigestVerify(context.get(), der.data(), der.size(), message.data(), message.size()) == 1;
  ERR_clear_error();
  return holds;
}

}  // namespace vitrine::crypto
