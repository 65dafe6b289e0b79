#include "blobs/copy_state.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace vitrine::blobs {
namespace {

CopyState sample() {
  CopyState state{.id = {}, .source = "http://h/a/c/b", .bytes = 3, .completed = from_micros(7)};
  for (std::uint8_t i = 0; i < state.id.size(); ++i) state.id.at(i) = i;
  return state;
}

// docs/formats/heads.md gives these bytes.
TEST(CopyState, IsCodedAsTheFormatSays) {
  const auto bytes = sample().encode();
  EXPECT_EQ(to_hex(bytes), "8450000102030405060708090a0b0c0d0e0f6e687474703a2f2f682f612f632f620307");
  EXPECT_EQ(CopyState::decode(bytes).value(), sample());
  EXPECT_FALSE(CopyState::decode(ConstBytes(bytes).first(bytes.size() - 1)));
}

TEST(CopyState, HasAnIdOfTheUsualForm) {
  EXPECT_EQ(sample().id_text(), "00010203-0405-0607-0809-0a0b0c0d0e0f");
}

}  // namespace
}  // namespace vitrine::blobs
