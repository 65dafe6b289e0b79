#include "store/room_notices.h"

#include <gtest/gtest.h>

#include <string>

namespace vitrine::store {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kNeeded = 1000;

struct RoomNoticesTest : testing::Test {
  /// What is logged when the directory has so much room.
  std::string told(const char* directory, std::uint64_t free) {
    testing::internal::CaptureStderr();
    notices.note(directory, free, kNeeded);
    return testing::internal::GetCapturedStderr();
  }
  static bool has(const std::string& line, const char* words) {
    return line.find(words) != std::string::npos;
  }

  RoomNotices::Clock::time_point now{};
  RoomNotices notices{[this] { return now; }};
};

TEST_F(RoomNoticesTest, TellsOnlyOfWhatChanges) {
  EXPECT_EQ(told("/a", kNeeded), "") << "room from the beginning on is nothing to tell";
  const auto full = told("/a", kNeeded - 1);
  EXPECT_TRUE(has(full, "passed over")) << full;
  EXPECT_TRUE(has(full, "/a") && has(full, "999") && has(full, "1000")) << full;
  now += 1h;
  EXPECT_EQ(told("/a", 0), "");
  const auto again = told("/a", kNeeded);
  EXPECT_TRUE(has(again, "has room again")) << again;
  now += 1h;
  EXPECT_EQ(told("/a", kNeeded), "");
}

TEST_F(RoomNoticesTest, TellsOnceAMinuteOfEachDirectory) {
  EXPECT_NE(told("/a", 0), "");
  EXPECT_NE(told("/b", 0), "") << "another disk has its own minute";
  now += 59s;
  EXPECT_EQ(told("/a", kNeeded), "");
  now += 1s;
  EXPECT_NE(told("/a", kNeeded), "") << "what changed within the minute is told behind it";
  EXPECT_EQ(told("/a", 0), "");
  now += 1min;
  EXPECT_TRUE(has(told("/a", 0), "passed over"));
}

}  // namespace
}  // namespace vitrine::store
