#include "worker/reading_order.h"

#include <gtest/gtest.h>

namespace vitrine::worker {
namespace {

TextLine line(const char* text, std::uint32_t x, std::uint32_t y) {
  constexpr std::uint32_t kWidth = 50, kHeight = 20;
  return {text, 1000, {Point{x, y}, {x + kWidth, y}, {x + kWidth, y + kHeight}, {x, y + kHeight}}, {}};
}

TEST(ReadingOrder, RowsFromTheTopEachFromTheLeft) {
  auto lines = in_reading_order({line("last", 0, 60), line("second", 100, 3), line("third", 10, 30),
                                 line("first", 0, 6), line("fourth", 90, 25)});
  const char* expected[] = {"first", "second", "third", "fourth", "last"};
  ASSERT_EQ(lines.size(), std::size(expected));
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_EQ(lines[i].text, expected[i]);
}

}  // namespace
}  // namespace vitrine::worker
