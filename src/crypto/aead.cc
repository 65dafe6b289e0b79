#include "crypto/aead.h"

#include <openssl/evp.h>

#include <algorithm>
#include <stdexcept>

namespace vitrine::crypto {
namespace {

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

void require(int done) {
  if (done != 1) throw std::runtime_error("OpenSSL offers no AES-256; check its configuration");
}

const EVP_CIPHER* gcm() {
  static EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return cipher;
}

int size_for_openssl(ConstBytes bytes) {
  return static_cast<int>(bytes.size());
}

using Block = std::array<std::uint8_t, 16>;

/// The front of an XAES nonce derives a key, the rest is that key's nonce.
constexpr std::size_t kDerivingBytes = 12;

/// This thread's own, set up anew for each use: making one costs more than a small value does.
EVP_CIPHER_CTX* scratch(Context& context) {
  if (!context) context.reset(EVP_CIPHER_CTX_new());
  return context.get();
}

/// AES of one or two blocks.
void encrypt_blocks(const Aes256Key& key, ConstBytes in, std::uint8_t* out) {
  static EVP_CIPHER* const ecb = EVP_CIPHER_fetch(nullptr, "AES-256-ECB", nullptr);
  thread_local Context own;
  auto* context = scratch(own);
  require(EVP_EncryptInit_ex2(context, ecb, key.data(), nullptr, nullptr));
  EVP_CIPHER_CTX_set_padding(context, 0);
  int written = 0;
  require(EVP_EncryptUpdate(context, out, &written, in.data(), size_for_openssl(in)));
}

/// Precondition: key and nonce are set.
void seal_in(EVP_CIPHER_CTX* context, ConstBytes additional, ConstBytes plaintext, MutableBytes out) {
  int written = 0;
  require(EVP_EncryptUpdate(context, nullptr, &written, additional.data(), size_for_openssl(additional)));
  if (!plaintext.empty())
    require(EVP_EncryptUpdate(context, out.data(), &written, plaintext.data(), size_for_openssl(plaintext)));
  auto* tag = out.data() + plaintext.size();
  require(EVP_EncryptFinal_ex(context, tag, &written));
  require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag));
}

/// Precondition: key and nonce are set.
bool open_in(EVP_CIPHER_CTX* context, ConstBytes additional, ConstBytes sealed, MutableBytes out) {
  auto ciphertext = sealed.first(sealed.size() - kTagBytes);
  Block tag;
  std::ranges::copy(sealed.last(kTagBytes), tag.begin());
  int written = 0;
  require(EVP_DecryptUpdate(context, nullptr, &written, additional.data(), size_for_openssl(additional)));
  if (!ciphertext.empty())
    require(
        EVP_DecryptUpdate(context, out.data(), &written, ciphertext.data(), size_for_openssl(ciphertext)));
  require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()));
  return EVP_DecryptFinal_ex(context, out.data() + ciphertext.size(), &written) == 1;
}

}  // namespace

struct AesGcm::State {
  // One each: a context that turns from sealing to opening sets its key up anew.
  Context sealing;
  Context opening;
  Aes256Key key;

  EVP_CIPHER_CTX* begin(Context& context, const Nonce& nonce, bool seals) {
    const bool is_new = !context;
    if (is_new) context.reset(EVP_CIPHER_CTX_new());
    require(EVP_CipherInit_ex2(context.get(), is_new ? gcm() : nullptr, is_new ? key.data() : nullptr,
                               nonce.data(), seals ? 1 : 0, nullptr));
    return context.get();
  }
};

AesGcm::AesGcm(const Aes256Key& key) : state_(std::make_unique<State>()) {
  state_->key = key;
}
AesGcm::~AesGcm() = default;
AesGcm::AesGcm(AesGcm&&) noexcept = default;
AesGcm& AesGcm::operator=(AesGcm&&) noexcept = default;

void AesGcm::seal(const Nonce& nonce, ConstBytes additional, ConstBytes plaintext, MutableBytes out) {
  seal_in(state_->begin(state_->sealing, nonce, true), additional, plaintext, out);
}

bool AesGcm::open(const Nonce& nonce, ConstBytes additional, ConstBytes sealed, MutableBytes out) {
  return open_in(state_->begin(state_->opening, nonce, false), additional, sealed, out);
}

Xaes::Xaes(const Aes256Key& key) : key_(key) {
  const Block zeros{};
  Block block;
  encrypt_blocks(key, zeros, block.data());
  // Doubling in GF(2^128).
  const bool carry = (block[0] & 0x80) != 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const auto next = i + 1 < block.size() ? block[i + 1] >> 7 : 0;
    subkey_[i] = static_cast<std::uint8_t>(block[i] << 1 | next);
  }
  if (carry) subkey_.back() ^= 0x87;
}

Aes256Key Xaes::derive(ConstBytes nonce) const {
  std::array<std::uint8_t, 32> blocks{0, 1, 'X', 0};
  blocks[17] = 2;
  blocks[18] = 'X';
  for (std::size_t half = 0; half < blocks.size(); half += 16)
    std::copy_n(nonce.begin(), 12, blocks.begin() + static_cast<std::ptrdiff_t>(half + 4));
  for (std::size_t i = 0; i < blocks.size(); ++i) blocks[i] ^= subkey_[i % subkey_.size()];
  Aes256Key key;
  encrypt_blocks(key_, blocks, key.data());
  return key;
}

Bytes Xaes::seal(ConstBytes additional, ConstBytes plaintext) const {
  return seal(additional, plaintext, random_array<kNonceBytes>());
}

Bytes Xaes::seal(ConstBytes additional, ConstBytes plaintext,
                 const std::array<std::uint8_t, kNonceBytes>& nonce) const {
  thread_local Context own;
  auto* context = scratch(own);
  Bytes out(plaintext.size() + kOverhead);
  std::ranges::copy(nonce, out.begin());
  require(EVP_EncryptInit_ex2(context, gcm(), derive(nonce).data(), nonce.data() + kDerivingBytes, nullptr));
  seal_in(context, additional, plaintext, MutableBytes(out).subspan(kNonceBytes));
  return out;
}

std::optional<Bytes> Xaes::open(ConstBytes additional, ConstBytes sealed) const {
  if (sealed.size() < kOverhead) return std::nullopt;
  thread_local Context own;
  auto* context = scratch(own);
  Bytes out(sealed.size() - kOverhead);
  require(
      EVP_DecryptInit_ex2(context, gcm(), derive(sealed).data(), sealed.data() + kDerivingBytes, nullptr));
  if (!open_in(context, additional, sealed.subspan(kNonceBytes), out)) return std::nullopt;
  return out;
}

KeyDerivation::KeyDerivation(ConstBytes salt, ConstBytes key) : extracted_(HmacKey(salt).sign(key)) {}

Aes256Key KeyDerivation::derive(ConstBytes info) const {
  Bytes block = to_bytes(info);
  block.push_back(1);
  return extracted_.sign(block);
}

}  // namespace vitrine::crypto
