#include "crypto/xaes.h"

#include <openssl/evp.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "crypto/derived_ciphers.h"

namespace vitrine::crypto {
namespace {

using Block = std::array<std::uint8_t, 16>;

/// The front of a nonce derives a key, the rest is that key's nonce.
constexpr std::size_t kDerivingBytes = sizeof(DerivedFrom::prefix);

/// AES of one or two blocks.
void encrypt_blocks(const Aes256Key& key, ConstBytes in, std::uint8_t* out) {
  static EVP_CIPHER* const ecb = EVP_CIPHER_fetch(nullptr, "AES-256-ECB", nullptr);
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                &EVP_CIPHER_CTX_free);
  int written = 0;
  if (EVP_EncryptInit_ex2(context.get(), ecb, key.data(), nullptr, nullptr) != 1 ||
      EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
      EVP_EncryptUpdate(context.get(), out, &written, in.data(), static_cast<int>(in.size())) != 1)
    throw std::runtime_error("OpenSSL offers no AES-256; check its configuration");
}

/// CMAC's K1 (NIST SP 800-38B).
Block subkey_of(const Aes256Key& key) {
  const Block zeros{};
  Block block;
  encrypt_blocks(key, zeros, block.data());
  // Doubling in GF(2^128).
  const bool carry = (block[0] & 0x80) != 0;
  Block subkey;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const auto next = i + 1 < block.size() ? block[i + 1] >> 7 : 0;
    subkey[i] = static_cast<std::uint8_t>(block[i] << 1 | next);
  }
  if (carry) subkey.back() ^= 0x87;
  wipe(block);
  return subkey;
}

std::uint64_t new_number() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

}  // namespace

struct Xaes::State {
  explicit State(const Aes256Key& from) : key(from), subkey(subkey_of(from)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    DerivedCiphers::shared().forget(number);
    wipe(key);
    wipe(subkey);
  }

  [[nodiscard]] Aes256Key derive(ConstBytes prefix) const;

  /// Calls `use` with the nonce's cipher and that cipher's nonce.
  template <class Use>
  decltype(auto) with_cipher_of(ConstBytes nonce, const Use& use) const {
    DerivedFrom origin{number, {}};
    AesGcm::Nonce rest;
    std::ranges::copy(nonce.first<kDerivingBytes>(), origin.prefix.begin());
    std::ranges::copy(nonce.subspan<kDerivingBytes, sizeof rest>(), rest.begin());
    return DerivedCiphers::shared().with(
        origin, [&] { return derive(origin.prefix); },
        [&](const AesGcm& cipher) { return use(cipher, rest); });
  }

  const std::uint64_t number = new_number();
  Aes256Key key;
  Block subkey;
  NonceRun nonces;
};

Aes256Key Xaes::State::derive(ConstBytes prefix) const {
  std::array<std::uint8_t, 32> blocks{0, 1, 'X', 0};
  blocks[17] = 2;
  blocks[18] = 'X';
  for (std::size_t half = 0; half < blocks.size(); half += 16)
    std::ranges::copy(prefix, blocks.begin() + static_cast<std::ptrdiff_t>(half + 4));
  for (std::size_t i = 0; i < blocks.size(); ++i) blocks[i] ^= subkey[i % subkey.size()];
  Aes256Key derived;
  encrypt_blocks(key, blocks, derived.data());
  wipe(blocks);
  return derived;
}

Xaes::Xaes(const Aes256Key& key) : state_(std::make_shared<State>(key)) {}

void Xaes::seal(ConstBytes additional, ConstBytes plaintext, MutableBytes out) const {
  seal(state_->nonces.next(), additional, plaintext, out);
}

void Xaes::seal(const NonceRun::Nonce& nonce, ConstBytes additional, ConstBytes plaintext,
                MutableBytes out) const {
  std::ranges::copy(nonce, out.begin());
  state_->with_cipher_of(nonce, [&](const AesGcm& cipher, const AesGcm::Nonce& rest) {
    cipher.seal(rest, additional, plaintext, out.subspan(kNonceBytes));
  });
}

bool Xaes::open(ConstBytes additional, ConstBytes sealed, MutableBytes out) const {
  return state_->with_cipher_of(sealed, [&](const AesGcm& cipher, const AesGcm::Nonce& rest) {
    return cipher.open(rest, additional, sealed.subspan(kNonceBytes), out);
  });
}

Bytes Xaes::seal(ConstBytes additional, ConstBytes plaintext) const {
  Bytes out(plaintext.size() + kOverhead);
  seal(additional, plaintext, out);
  return out;
}

std::optional<Bytes> Xaes::open(ConstBytes additional, ConstBytes sealed) const {
  if (sealed.size() < kOverhead) return std::nullopt;
  Bytes out(sealed.size() - kOverhead);
  if (!open(additional, sealed, MutableBytes(out))) return std::nullopt;
  return out;
}

}  // namespace vitrine::crypto
