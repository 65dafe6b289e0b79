#include "http/response_head.h"

#include <gtest/gtest.h>

#include "http/date_cache.h"

namespace vitrine::http {
namespace {

using namespace std::string_view_literals;

TEST(ResponseHead, TheConnectionsOwnFieldsWin) {
  Headers headers;
  headers.add("content-length", "999");
  headers.add("Date", "yesterday");
  headers.add("Connection", "upgrade");
  headers.add("Transfer-Encoding", "chunked");
  headers.add("ETag", "\"0x1\"");
  std::string head;
  append_response_head(
      head, 206, headers,
      {.date = "today", .content_length = 5, .connection = HeadAdditions::Connection::Close});
  EXPECT_EQ(head,
            "HTTP/1.1 206 Partial Content\r\nDate: today\r\nContent-Length: 5\r\nConnection: close\r\n"
            "ETag: \"0x1\"\r\n\r\n");
}

TEST(ResponseHead, HeadersThatWouldBeginAnotherLineAreNotSendable) {
  constexpr std::pair<std::string_view, std::string_view> kBad[] = {
      {"x", "a\r\nSet-Cookie: b"},
      {"x", "a\nb"},
      {"x", "a\0b"sv},
      {"x y", "a"},
      {"x:", "a"},
      {"", "a"},
      {"x\r\n", "a"},
  };
  for (auto [name, value] : kBad) {
    Headers headers;
    headers.add("Good", "value: with; everything, \xC3\xA4 else");
    EXPECT_TRUE(is_sendable(headers));
    headers.add(name, value);
    EXPECT_FALSE(is_sendable(headers)) << name << ": " << value;
  }
}

TEST(DateCache, FollowsTheClockToTheSecond) {
  DateCache cache;
  EXPECT_EQ(cache.at(from_micros(784'111'777'000'000)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(cache.at(from_micros(784'111'777'999'999)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(cache.at(from_micros(784'111'778'000'000)), "Sun, 06 Nov 1994 08:49:38 GMT");
  EXPECT_EQ(cache.at(from_micros(784'111'777'000'000)), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace vitrine::http
