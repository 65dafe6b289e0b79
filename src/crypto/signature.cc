#include "crypto/signature.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

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

bool verify(const Ed25519Public& key, ConstBytes message, ConstBytes signature) {
  Key holder(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
  Context context(EVP_MD_CTX_new());
  return holder && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, holder.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

}  // namespace vitrine::crypto
