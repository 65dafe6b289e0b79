#include "base/time.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(Time, HttpDateRoundTrips) {
  auto time = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  ASSERT_TRUE(time);
  EXPECT_EQ(to_micros(*time), 784111777000000);
  EXPECT_EQ(to_http_date(*time), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(Time, HttpDateRefusesWhatIsNotOne) {
  for (auto text : {"", "Sun, 06 Nov 1994", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
                    "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 0x Nov 1994 08:49:37 GMT"})
    EXPECT_FALSE(parse_http_date(text)) << text;
}

TEST(Time, Iso8601InEveryPrecisionThatSasTokensUse) {
  struct Row {
    const char* text;
    std::int64_t micros;
  };
  for (auto [text, micros] :
       {Row{"2026-11-22", 1795305600000000}, Row{"2026-11-22T10:30Z", 1795343400000000},
        Row{"2026-11-22T10:30:05Z", 1795343405000000}, Row{"2026-11-22T10:30:05.5Z", 1795343405500000},
        Row{"2026-11-22T10:30:05.1234567Z", 1795343405123456}}) {
    auto time = parse_iso8601(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(to_micros(*time), micros) << text;
  }
  EXPECT_EQ(to_iso8601(from_micros(1795343405123456)), "2026-11-22T10:30:05.1234560Z");
  for (auto text : {"", "2026", "2026-13-01", "2026-11-22T", "2026-11-22T10Z", "2026-11-22T10:30",
                    "2026-11-22T10:30:05.Z", "2026-11-22T10:30:05.12345678Z", "2026-11-22T10:30+01:00"})
    EXPECT_FALSE(parse_iso8601(text)) << text;
}

}  // namespace
}  // namespace vitrine
