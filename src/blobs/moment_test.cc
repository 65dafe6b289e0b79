#include "blobs/moment.h"

#include <gtest/gtest.h>

namespace vitrine::blobs {
namespace {

TEST(Moment, IsSpelledToSevenDecimals) {
  for (auto text :
       {"2026-11-22T10:30:00.1234567Z", "2011-03-09T01:42:34.9360000Z", "1970-01-01T00:00:00.0000000Z",
        "1969-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z"})
    EXPECT_EQ(Moment::parse(text)->text(), text);
  EXPECT_EQ(Moment::parse("1970-01-01T00:00:00.0000001Z")->ticks(), kTicksBefore1970 + 1);
}

TEST(Moment, IsReadOnlyAsItIsSpelled) {
  for (auto text :
       {"", "2026-11-22T10:30:00Z", "2026-11-22T10:30:00.123456Z", "2026-11-22T10:30:00.12345678Z",
        "2026-11-22T10:30:00.1234567", "2026-13-22T10:30:00.1234567Z", "2026-11-22 10:30:00.1234567Z"})
    EXPECT_EQ(Moment::parse(text).error().code, Code::InvalidInput) << text;
}

TEST(Moment, RisesWhateverTheClockSays) {
  auto first = Moment::next(from_micros(1'000), {});
  EXPECT_EQ(first.ticks(), kTicksBefore1970 + 10'000);
  EXPECT_EQ(Moment::next(from_micros(1'000), first).ticks(), first.ticks() + 1);
  EXPECT_EQ(Moment::next(from_micros(5), first).ticks(), first.ticks() + 1) << "the clock was put back";
  EXPECT_EQ(Moment::next(from_micros(2'000), first).ticks(), kTicksBefore1970 + 20'000);
}

}  // namespace
}  // namespace vitrine::blobs
