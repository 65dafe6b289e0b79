// Keyed hashes, randomness and comparison without timing traces.
#pragma once

#include <memory>

#include "base/bytes.h"
#include "crypto/digest.h"

namespace vitrine::crypto {

/// A key prepared for HMAC-SHA-256 (RFC 2104). Usable from any number of threads at once.
class HmacKey {
 public:
  explicit HmacKey(ConstBytes key);
  [[nodiscard]] Sha256Digest sign(ConstBytes message) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Takes time that depends on the lengths only.
bool equal_in_constant_time(ConstBytes a, ConstBytes b);

/// Grows with each fork() between the program's start and this process: what was drawn before one must not be
/// used behind it, where another process has it too.
std::uint64_t forks_behind();

/// Fills with bytes from OpenSSL's generator.
void fill_random(MutableBytes out);
template <std::size_t N>
std::array<std::uint8_t, N> random_array() {
  std::array<std::uint8_t, N> out;
  fill_random(out);
  return out;
}
/// For what must have a number that nothing else has.
inline std::uint64_t random_number() {
  return read_be64(random_array<8>());
}

}  // namespace vitrine::crypto
