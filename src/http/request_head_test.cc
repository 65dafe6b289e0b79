#include "http/request_head.h"

#include <gtest/gtest.h>

namespace vitrine::http {
namespace {

class NoBody final : public BodyReader {
 public:
  Task<Result<std::size_t>> read(MutableBytes) override { co_return std::size_t{0}; }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return 0; }
};

Result<Framing> parse(const std::string& lines, std::string_view request_line = "PUT /c/b HTTP/1.1") {
  NoBody body;
  Request request(body);
  return parse_request_head(std::string(request_line) + "\r\n" + lines + "\r\n", 16, request);
}

TEST(RequestHead, FillsTheRequest) {
  NoBody body;
  Request request(body);
  auto framing = parse_request_head(
      "MERGE /c/b%20c?x=1 HTTP/1.1\r\nHost: h\r\nX-A:  spaced out \t\r\nx-empty:\r\n\r\n", 16, request);
  ASSERT_TRUE(framing);
  EXPECT_EQ(request.method, Method::Merge);
  EXPECT_EQ(request.target.path, "/c/b c");
  EXPECT_EQ(request.headers.get("x-a"), "spaced out");
  EXPECT_EQ(request.headers.get("X-Empty"), "");
}

struct Framed {
  std::string_view request_line, lines;
  bool keep_alive, expects_continue, chunked;
  std::uint64_t length;
};
constexpr std::string_view k11 = "PUT / HTTP/1.1";
constexpr std::string_view k10 = "PUT / HTTP/1.0";
constexpr Framed kFramed[] = {
    {k11, "Host: h\r\n", true, false, false, 0},
    {k11, "Host: h\r\nContent-Length: 42\r\n", true, false, false, 42},
    {k11, "Host: h\r\nContent-Length: 9223372036854775807\r\n", true, false, false, 9223372036854775807u},
    {k11, "Host: h\r\nTransfer-Encoding: Chunked\r\n", true, false, true, 0},
    {k11, "Host: h\r\nConnection: close\r\n", false, false, false, 0},
    {k11, "Host: h\r\nConnection: x-a, Close\r\n", false, false, false, 0},
    {k11, "Host: h\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n", true, true, false, 1},
    {k11, "Host: h\r\nExpect: 100-continue\r\n", true, false, false, 0},
    {k10, "", false, false, false, 0},
    {k10, "Connection: keep-alive\r\n", true, false, false, 0},
    {k10, "Expect: 100-continue\r\nContent-Length: 1\r\n", false, false, false, 1},
};

TEST(RequestHead, FramingFollowsTheHeaders) {
  for (const auto& row : kFramed) {
    SCOPED_TRACE(row.lines);
    auto framing = parse(std::string(row.lines), row.request_line);
    ASSERT_TRUE(framing) << framing.error().message;
    EXPECT_EQ(framing->keep_alive, row.keep_alive);
    EXPECT_EQ(framing->expects_continue, row.expects_continue);
    EXPECT_EQ(framing->chunked, row.chunked);
    EXPECT_EQ(framing->length, row.length);
  }
}

constexpr std::string_view kRefusedLines[] = {
    "",
    "Host: a\r\nHost: a\r\n",
    "Host: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "Host: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    "Host: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n",
    "Host: h\r\nContent-Length: 5\r\nContent-Length: 5\r\n",
    "Host: h\r\nContent-Length: 5, 5\r\n",
    "Host: h\r\nContent-Length: +5\r\n",
    "Host: h\r\nContent-Length: -5\r\n",
    "Host: h\r\nContent-Length: 0x5\r\n",
    "Host: h\r\nContent-Length: 5 5\r\n",
    "Host: h\r\nContent-Length:\r\n",
    "Host: h\r\nContent-Length: 9223372036854775808\r\n",
    "Host: h\r\nContent-Length: 99999999999999999999999\r\n",
    "Host: h\r\nTransfer-Encoding: gzip, chunked\r\n",
    "Host: h\r\nTransfer-Encoding: identity\r\n",
    "Host: h\r\nTransfer-Encoding: chunked, chunked\r\n",
    "Host: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "Host: h\r\nTransfer-Encoding: \vchunked\r\n",
    "Host: h\r\nTransfer-Encoding:\r\n",
    "Host: h\r\nContent-Length : 5\r\n",
    "Host: h\r\n Content-Length: 5\r\n",
    "Host: h\r\nX: a\r\n b\r\n",
    "Host: h\r\nno colon\r\n",
    "Host: h\r\n: no name\r\n",
    "Host: h\r\nX: a\x01\r\n",
};

TEST(RequestHead, AmbiguousOrBrokenHeadsAreRefused) {
  for (auto lines : kRefusedLines) {
    // Both stages together are what stands before a handler: the scan knows folded lines, the parse the rest.
    const auto head = "PUT / HTTP/1.1\r\n" + std::string(lines) + "\r\n";
    const bool scanned = find_head_end(head, 0).has_value();
    auto framing = parse(std::string(lines));
    EXPECT_FALSE(scanned && framing) << lines;
    if (!framing) EXPECT_EQ(framing.error().code, Code::InvalidInput) << lines;
  }
}

constexpr std::string_view kRefusedRequestLines[] = {
    "GET / HTTP/2.0", "GET / HTTP/1.2",  "GET / HTTP/1.1 ", "GET  / HTTP/1.1", "GET /",
    "G(T / HTTP/1.1", " GET / HTTP/1.1", "GET / http/1.1",  "GET\t/ HTTP/1.1",
};

TEST(RequestHead, BrokenRequestLinesAreRefused) {
  for (auto line : kRefusedRequestLines) EXPECT_FALSE(parse("Host: h\r\n", line)) << line;
}

TEST(RequestHead, AVeryLongListOfHeadersIsTooLarge) {
  std::string lines = "Host: h\r\n";
  for (int i = 0; i < 15; ++i) lines += "X: y\r\n";
  EXPECT_TRUE(parse(lines));
  auto refused = parse(lines + "X: y\r\n");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::HeadersTooLarge);
}

TEST(RequestHead, ItsEndIsFoundHoweverItArrives) {
  const std::string head = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string received = head + "GET /next";
  for (std::size_t first = 0; first < head.size(); ++first) {
    auto partial = find_head_end(std::string_view(received).substr(0, first), 0);
    ASSERT_TRUE(partial);
    EXPECT_EQ(*partial, std::nullopt);
    EXPECT_EQ(find_head_end(received, first).value(), head.size());
  }
}

TEST(RequestHead, FoldsAreFoundHoweverTheyArrive) {
  const std::string received = "GET / HTTP/1.1\r\nHost: h\r\n fold";
  const auto fold = received.find(" fold");
  for (std::size_t first = 0; first <= fold; ++first) EXPECT_FALSE(find_head_end(received, first)) << first;
  EXPECT_FALSE(find_head_end("GET / HTTP/1.1\nHost: h\n\n", 0));
}

}  // namespace
}  // namespace vitrine::http
