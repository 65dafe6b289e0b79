#include "crypto/aead.h"

#include <intel-ipsec-mb.h>
#include <openssl/crypto.h>

#include <stdexcept>

namespace vitrine::crypto {
namespace {

/// The library's functions in the form that is best on this processor.
const IMB_MGR& functions() {
  static const IMB_MGR* const chosen = [] {
    auto* manager = alloc_mb_mgr(0);
    if (manager) init_mb_mgr_auto(manager, nullptr);
    if (!manager || imb_get_errno(manager) != 0)
      throw std::runtime_error(
          "This processor has no AES and carry-less multiplication; the server needs them");
    return manager;
  }();
  return *chosen;
}

}  // namespace

struct AesGcm::Schedule {
  gcm_key_data data;
  ~Schedule() { OPENSSL_cleanse(&data, sizeof data); }
};

void wipe(MutableBytes secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
}

AesGcm::AesGcm(const Aes256Key& key) : schedule_(std::make_unique<Schedule>()) {
  set_key(key);
}
AesGcm::~AesGcm() = default;
AesGcm::AesGcm(AesGcm&&) noexcept = default;
AesGcm& AesGcm::operator=(AesGcm&&) noexcept = default;

void AesGcm::set_key(const Aes256Key& key) {
  functions().gcm256_pre(key.data(), &schedule_->data);
}

void AesGcm::seal(const Nonce& nonce, ConstBytes additional, ConstBytes plaintext, MutableBytes out) const {
  gcm_context_data message;
  functions().gcm256_enc(&schedule_->data, &message, out.data(), plaintext.data(), plaintext.size(),
                         nonce.data(), additional.data(), additional.size(), out.data() + plaintext.size(),
                         kTagBytes);
}

bool AesGcm::open(const Nonce& nonce, ConstBytes additional, ConstBytes sealed, MutableBytes out) const {
  const auto ciphertext = sealed.first(sealed.size() - kTagBytes);
  gcm_context_data message;
  std::array<std::uint8_t, kTagBytes> tag;
  functions().gcm256_dec(&schedule_->data, &message, out.data(), ciphertext.data(), ciphertext.size(),
                         nonce.data(), additional.data(), additional.size(), tag.data(), tag.size());
  return equal_in_constant_time(tag, sealed.last(kTagBytes));
}

KeyDerivation::KeyDerivation(ConstBytes salt, ConstBytes key) : extracted_(HmacKey(salt).sign(key)) {}

Aes256Key KeyDerivation::derive(ConstBytes info) const {
  Bytes block = to_bytes(info);
  block.push_back(1);
  return extracted_.sign(block);
}

}  // namespace vitrine::crypto
