#include "crypto/signature.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <stdexcept>

#include "crypto/mac.h"

namespace vitrine::crypto {
namespace {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

constexpr std::size_t kSignByte = 31;
constexpr std::uint8_t kWithoutSign = 0x7f;

/// With the last bits, all but the sign, given: the highest are those of p = 2^255 - 19.
constexpr Ed25519Public near_p(std::uint8_t lowest) {
  Ed25519Public y;
  y.fill(0xff);
  y.front() = lowest;
  y.back() = kWithoutSign;
  return y;
}

/// The y of all points of which the order divides 8, little-endian: 0, 1, two of order 8, p - 1, and 0 and 1
/// again as p and p + 1.
constexpr std::array<Ed25519Public, 7> kSmallOrder = {{
    {},
    {1},
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
     0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
     0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
    near_p(0xec),
    near_p(0xed),
    near_p(0xee),
}};

}  // namespace

struct SigningKey::State {
  Key key;
  Ed25519Seed seed;
  Ed25519Public public_key;
};

SigningKey SigningKey::generate() {
  return from_seed(random_array<32>());
}

SigningKey SigningKey::from_seed(const Ed25519Seed& seed) {
  auto state = std::make_shared<State>();
  state->seed = seed;
  state->key.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  std::size_t size = state->public_key.size();
  if (!state->key || EVP_PKEY_get_raw_public_key(state->key.get(), state->public_key.data(), &size) != 1)
    throw std::runtime_error("OpenSSL offers no Ed25519; check its configuration");
  return SigningKey(std::move(state));
}

Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> in(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const auto no_password = [](char*, int, int, void*) { return -1; };
  const Key key(PEM_read_bio_PrivateKey(in.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  Ed25519Seed seed;
  std::size_t size = seed.size();
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519 ||
      EVP_PKEY_get_raw_private_key(key.get(), seed.data(), &size) != 1)
    return fail(
        Code::InvalidInput,
        "This is no Ed25519 private key in PEM without a password; `openssl genpkey -algorithm ed25519 "
        "-out key.pem` makes one.");
  return from_seed(seed);
}

Ed25519Signature SigningKey::sign(ConstBytes message) const {
  Context context(EVP_MD_CTX_new());
  Ed25519Signature out;
  std::size_t size = out.size();
  EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, state_->key.get());
  if (EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) != 1)
    throw std::runtime_error("OpenSSL could not make an Ed25519 signature");
  return out;
}

const Ed25519Public& SigningKey::public_key() const {
  return state_->public_key;
}
const Ed25519Seed& SigningKey::seed() const {
  return state_->seed;
}

bool is_of_small_order(const Ed25519Public& key) {
  auto y = key;
  y[kSignByte] &= kWithoutSign;
  return std::ranges::find(kSmallOrder, y) != kSmallOrder.end();
}

bool verify(const Ed25519Public& key, ConstBytes message, ConstBytes signature) {
  if (is_of_small_order(key)) return false;
  Key holder(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
  Context context(EVP_MD_CTX_new());
  return holder && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, holder.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

}  // namespace vitrine::crypto
