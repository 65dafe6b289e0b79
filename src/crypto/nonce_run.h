// Nonces for a cipher whose nonces are long enough to be drawn at random.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>

namespace vitrine::crypto {

/// Gives nonces of 24 bytes in runs: 20 bytes drawn at random for the whole run, then a number that counts
/// up in 4 bytes. Drawing seldom lets what is derived from a nonce's front be kept. Usable from any thread.
///
/// No nonce comes twice: within a run the number differs, and it is given under a lock, so that two threads
/// never get the same one. Two runs, be they of other threads, other processes, or before and after a crash,
/// share their 20 bytes with a probability of 2^-160; among 2^40 runs, 2^60 messages, two do with 2^-81. A
/// child of fork() draws anew.
class NonceRun {
 public:
  using Nonce = std::array<std::uint8_t, 24>;
  /// Messages of one run, far below the 2^32 that one AES-GCM key is good for (NIST SP 800-38D §8.3).
  static constexpr std::uint32_t kLength = 1u << 20;

  Nonce next();

 private:
  std::mutex mutex_;
  Nonce front_{};
  std::uint32_t used_ = kLength;
  std::uint64_t forks_ = 0;  ///< that this process came about by, when the run was drawn
};

}  // namespace vitrine::crypto
