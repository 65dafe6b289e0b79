#include "store/frames.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace vitrine::store {
namespace {

keys::DataKey key(std::uint8_t byte = 1, keys::Owner owner = {}) {
  crypto::Aes256Key bytes;
  bytes.fill(byte);
  return {1, bytes, owner};
}

Bytes sealed(FrameCipher& cipher, FramePlace place, std::string_view text) {
  Bytes out;
  cipher.seal(place, as_bytes(text), out);
  return out;
}

// The golden bytes of docs/formats/extent.md, computed there by another implementation.
TEST(Frames, LieAsDocumented) {
  FrameCipher cipher(key(), SegmentId{});
  EXPECT_EQ(to_hex(sealed(cipher, {0, true}, "hello")), "968469634d0d68a5e6712d3906ee4644265edc3f9b5dddc74b");
}

TEST(Frames, LengthsAddUp) {
  EXPECT_EQ(stored_length(0), 0u);
  EXPECT_EQ(stored_length(1), 21u);
  EXPECT_EQ(stored_length(kFrameBytes), kFrameBytes + 20);
  EXPECT_EQ(stored_length(kFrameBytes + 1), kFrameBytes + 1 + 40);
}

TEST(Frames, OpenInTheirPlaceOnly) {
  FrameCipher cipher(key(), SegmentId{1});
  const auto frame = sealed(cipher, {3, false}, "text");
  Bytes out(4);
  ASSERT_TRUE(cipher.open({3, false}, frame, out));
  EXPECT_EQ(as_text(out), "text");
  EXPECT_FALSE(cipher.open({2, false}, frame, out)) << "another number";
  EXPECT_FALSE(cipher.open({3, true}, frame, out)) << "a segment cut short here";
  EXPECT_FALSE(FrameCipher(key(), SegmentId{2}).open({3, false}, frame, out)) << "another segment";
  EXPECT_FALSE(FrameCipher(key(2), SegmentId{1}).open({3, false}, frame, out)) << "another key";
  EXPECT_FALSE(FrameCipher(key(1, {9}), SegmentId{1}).open({3, false}, frame, out)) << "another account";
}

TEST(Frames, DamageIsNoticedWithoutTheKeyAndForgeryWithIt) {
  FrameCipher cipher(key(), SegmentId{1});
  const auto frame = sealed(cipher, {0, true}, "text");
  Bytes out(4);
  EXPECT_TRUE(is_whole(frame));
  for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
    auto changed = frame;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_FALSE(is_whole(changed)) << bit;
    EXPECT_FALSE(cipher.open({0, true}, changed, out)) << bit;
  }
  // Whoever makes the checksum fit again still lacks the key.
  auto forged = frame;
  forged[0] ^= 1;
  const auto checked = forged.size() - 4;
  forged.resize(checked);
  append_be32(forged, crypto::crc32c(ConstBytes(forged).first(checked)));
  EXPECT_TRUE(is_whole(forged));
  EXPECT_EQ(cipher.open({0, true}, forged, out).error().code, Code::Corrupt);
}

}  // namespace
}  // namespace vitrine::store
