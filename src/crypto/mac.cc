#include "crypto/mac.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace vitrine::crypto {
namespace {

struct FreeContext {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MAC_CTX, FreeContext>;

Context new_context() {
  static EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  return Context(EVP_MAC_CTX_new(hmac));
}

void ask_for_random(MutableBytes out) {
  if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1)
    throw std::runtime_error("The system gives no randomness; nothing can be signed or salted without it");
}

/// Random bytes in stock: a call of the generator costs more than the few bytes that most want.
class RandomStock {
 public:
  static constexpr std::size_t kMostAtOnce = 256;

  ~RandomStock() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

  /// Each byte is given out once and forgotten. Precondition: at most kMostAtOnce bytes.
  void take(MutableBytes out) {
    if (left_ < out.size() || forks_ != forks_behind()) {
      ask_for_random(bytes_);
      left_ = bytes_.size();
      forks_ = forks_behind();
    }
    left_ -= out.size();
    std::copy_n(bytes_.data() + left_, out.size(), out.data());
    OPENSSL_cleanse(bytes_.data() + left_, out.size());
  }

 private:
  std::array<std::uint8_t, 4096> bytes_{};
  std::size_t left_ = 0;
  std::uint64_t forks_ = 0;
};

std::atomic<std::uint64_t> forks = 0;

}  // namespace

/// Contexts that know the key and wait for a message: making one costs more than a short message.
struct HmacKey::State {
  Context keyed = new_context();
  std::mutex mutex;
  std::vector<Context> idle;

  Context take() {
    std::lock_guard lock(mutex);
    if (idle.empty()) return Context(EVP_MAC_CTX_dup(keyed.get()));
    auto context = std::move(idle.back());
    idle.pop_back();
    return context;
  }

  void give_back(Context context) {
    // Without a key it begins anew with the one it has.
    if (EVP_MAC_init(context.get(), nullptr, 0, nullptr) != 1) return;
    std::lock_guard lock(mutex);
    idle.push_back(std::move(context));
  }
};

HmacKey::HmacKey(ConstBytes key) {
  auto state = std::make_shared<State>();
  char digest[] = "SHA256";
  OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                         OSSL_PARAM_construct_end()};
  // OpenSSL takes a null key for "keep the last one": an empty key needs an address.
  const std::uint8_t none = 0;
  if (EVP_MAC_init(state->keyed.get(), key.empty() ? &none : key.data(), key.size(), params) != 1)
    throw std::runtime_error("OpenSSL offers no HMAC-SHA-256; check its configuration");
  state_ = std::move(state);
}

Sha256Digest HmacKey::sign(ConstBytes message) const {
  auto context = state_->take();
  Sha256Digest out;
  std::size_t size = 0;
  EVP_MAC_update(context.get(), message.data(), message.size());
  EVP_MAC_final(context.get(), out.data(), &size, out.size());
  state_->give_back(std::move(context));
  return out;
}

bool equal_in_constant_time(ConstBytes a, ConstBytes b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::uint64_t forks_behind() {
  static const int registered = ::pthread_atfork(nullptr, nullptr, [] { ++forks; });
  return registered == 0 ? forks.load(std::memory_order_relaxed) : 0;
}

void fill_random(MutableBytes out) {
  if (out.size() > RandomStock::kMostAtOnce) return ask_for_random(out);
  thread_local RandomStock stock;
  stock.take(out);
}

}  // namespace vitrine::crypto
