#include "crypto/mac.h"

#define OPENSSL_SUPPRESS_DEPRECATED  // SHA256_CTX: see HmacKey::State
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <stdexcept>

namespace vitrine::crypto {
namespace {

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

/// The hash of the padded key, inside and outside, ready to go on with a message. The plain functions because
/// their state is copied as a value: a context of the newer ones takes as long as a short message.
struct HmacKey::State {
  SHA256_CTX inner, outer;

  explicit State(ConstBytes key) {
    std::array<std::uint8_t, SHA256_CBLOCK> block{};
    if (key.size() > block.size())
      std::ranges::copy(sha256(key), block.begin());
    else
      std::ranges::copy(key, block.begin());
    begin(inner, block, 0x36);
    begin(outer, block, 0x5c);
    OPENSSL_cleanse(block.data(), block.size());
  }
  ~State() { OPENSSL_cleanse(this, sizeof *this); }

  static void begin(SHA256_CTX& context, std::array<std::uint8_t, SHA256_CBLOCK> block, std::uint8_t pad) {
    for (auto& byte : block) byte ^= pad;
    SHA256_Init(&context);
    SHA256_Update(&context, block.data(), block.size());
    OPENSSL_cleanse(block.data(), block.size());
  }
};

HmacKey::HmacKey(ConstBytes key) : state_(std::make_shared<State>(key)) {}

Sha256Digest HmacKey::sign(ConstBytes message) const {
  auto context = state_->inner;
  Sha256Digest out;
  SHA256_Update(&context, message.data(), message.size());
  SHA256_Final(out.data(), &context);
  context = state_->outer;
  SHA256_Update(&context, out.data(), out.size());
  SHA256_Final(out.data(), &context);
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
