#include "base/pace.h"

#include <gtest/gtest.h>

#include <thread>

namespace vitrine {
namespace {

using Clock = std::chrono::steady_clock;

TEST(Pace, GoesNoFasterThanAllowed) {
  Pace pace(1'000'000);
  const auto begin = Clock::now();
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(pace.spend(10'000, {}));
  EXPECT_GE(Clock::now() - begin, std::chrono::milliseconds(190));
}

TEST(Pace, WithoutABoundItNeverWaits) {
  Pace pace(0);
  const auto begin = Clock::now();
  EXPECT_TRUE(pace.spend(std::uint64_t{1} << 60, {}));
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(5));
}

TEST(Pace, AStopEndsTheWait) {
  Pace pace(1);
  std::stop_source stop;
  std::jthread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    stop.request_stop();
  });
  EXPECT_FALSE(pace.spend(3600, stop.get_token()));
  EXPECT_FALSE(pace.spend(1, stop.get_token()));
}

}  // namespace
}  // namespace vitrine
