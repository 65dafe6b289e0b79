#include "http/chunk_decoder.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace vitrine::http {
namespace {

/// Decodes `coded`, received in pieces of `step` bytes. Nothing behind the end of the body is consumed.
Result<std::string> decode(std::string_view coded, std::size_t step, std::string_view* rest = nullptr) {
  ChunkDecoder decoder;
  std::string data;
  while (!decoder.done()) {
    if (coded.empty()) return fail(Code::ConnectionClosed, "incomplete");
    auto piece = coded.substr(0, step);
    coded.remove_prefix(TRY(decoder.consume_framing(piece)));
    piece = coded.substr(0, std::min<std::uint64_t>(step, decoder.data_left()));
    if (piece.empty()) continue;
    data += piece;
    decoder.consume_data(piece.size());
    coded.remove_prefix(piece.size());
  }
  if (rest) *rest = coded;
  return data;
}

struct Accepted {
  std::string_view coded, data;
};
constexpr Accepted kAccepted[] = {
    {"0\r\n\r\n", ""},
    {"5\r\nhello\r\n0\r\n\r\n", "hello"},
    {"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world"},
    {"A\r\n0123456789\r\n00\r\n\r\n", "0123456789"},
    {"0000000000000001\r\nx\r\n0\r\n\r\n", "x"},
    {"1;name=value\r\nx\r\n0;last\r\n\r\n", "x"},
    {"1\r\n\r\r\n0\r\n\r\n", "\r"},
    {"1\r\nx\r\n0\r\nTrailer: a\r\nOther: b\r\n\r\n", "x"},
};

TEST(ChunkDecoder, DecodesWhateverThePieces) {
  for (const auto& row : kAccepted) {
    for (std::size_t step : {1, 2, 3, 1000}) {
      SCOPED_TRACE(testing::Message() << row.coded << " by " << step);
      std::string_view rest;
      const auto coded = std::string(row.coded) + "GET /";
      auto data = decode(coded, step, &rest);
      ASSERT_TRUE(data);
      EXPECT_EQ(*data, row.data);
      EXPECT_EQ(rest, "GET /");
    }
  }
}

const std::string kRefused[] = {
    "\r\n",
    "g\r\n",
    "-1\r\n",
    "+1\r\n",
    "0x1\r\nx\r\n0\r\n\r\n",
    " 1\r\nx\r\n0\r\n\r\n",
    "1 \r\nx\r\n0\r\n\r\n",
    "1\nx\r\n0\r\n\r\n",
    "1\rx\r\n0\r\n\r\n",
    "1\r\nxy\r\n0\r\n\r\n",
    "1\r\nx\n0\r\n\r\n",
    "00000000000000001\r\nx\r\n0\r\n\r\n",
    ";a\r\n",
    "1;a\nb\r\nx\r\n0\r\n\r\n",
    "0\r\n\n",
    "0\r\nA: b\n\r\n",
    "1;" + std::string(300, 'a') + "\r\nx\r\n0\r\n\r\n",
    "0\r\n" + std::string(9000, 'a') + "\r\n\r\n",
};

TEST(ChunkDecoder, BrokenCodingIsRefused) {
  for (const auto& coded : kRefused) {
    auto data = decode(coded, 1000);
    ASSERT_FALSE(data) << coded;
    EXPECT_EQ(data.error().code, Code::InvalidInput) << coded;
  }
}

}  // namespace
}  // namespace vitrine::http
