#include "base/pace.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace vitrine {

bool Pace::spend(std::uint64_t bytes, const std::stop_token& stop) {
  if (stop.stop_requested()) return false;
  if (bytes_per_second_ == 0) return true;
  // Time in which nothing was read is not made up for.
  const std::chrono::duration<double> cost(static_cast<double>(bytes) /
                                           static_cast<double>(bytes_per_second_));
  due_ = std::max(due_, Clock::now()) + std::chrono::duration_cast<Clock::duration>(cost);
  // Short naps would cost more than they bound.
  if (due_ - Clock::now() < std::chrono::milliseconds(5)) return true;
  return sleep_until(due_, stop);
}

bool sleep_until(std::chrono::steady_clock::time_point time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_until(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace vitrine
