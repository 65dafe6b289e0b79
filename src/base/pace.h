// Keeps background work from taking the disk for itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>

namespace vitrine {

/// Bounds how many bytes a second one thread goes through, by letting it sleep.
class Pace {
 public:
  /// 0: no bound.
  explicit Pace(std::uint64_t bytes_per_second) : bytes_per_second_(bytes_per_second) {}

  /// To be called after so many bytes. False at once when a stop is requested.
  [[nodiscard]] bool spend(std::uint64_t bytes, const std::stop_token& stop);

 private:
  using Clock = std::chrono::steady_clock;

  std::uint64_t bytes_per_second_;
  Clock::time_point due_ = Clock::now();
};

/// Sleeps until then. False at once when a stop is requested.
bool sleep_until(std::chrono::steady_clock::time_point time, const std::stop_token& stop);

}  // namespace vitrine
