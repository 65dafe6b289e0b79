#include "crypto/nonce_run.h"

#include "crypto/mac.h"

namespace vitrine::crypto {
namespace {

constexpr std::size_t kDrawnBytes = 20;

}  // namespace

NonceRun::Nonce NonceRun::next() {
  const std::lock_guard lock(mutex_);
  if (used_ == kLength || forks_ != forks_behind()) {
    fill_random(MutableBytes(front_).first(kDrawnBytes));
    used_ = 0;
    forks_ = forks_behind();
  }
  auto nonce = front_;
  for (std::size_t i = 0; i < sizeof used_; ++i)
    nonce[kDrawnBytes + i] = static_cast<std::uint8_t>(used_ >> (24 - 8 * i));
  ++used_;
  return nonce;
}

}  // namespace vitrine::crypto
