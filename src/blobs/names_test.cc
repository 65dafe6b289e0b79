#include "blobs/names.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace vitrine::blobs {
namespace {

TEST(ContainerName, Rules) {
  for (auto text : {"abc", "a-b-c", "123", "$root", "$web", "$logs", "$blobchangefeed"})
    EXPECT_TRUE(ContainerName::parse(text)) << text;
  EXPECT_TRUE(ContainerName::parse(std::string(63, 'a')));
  for (const auto& text : {std::string(), std::string("ab"), std::string(64, 'a')})
    EXPECT_EQ(ContainerName::parse(text).error().code, Code::OutOfRangeInput) << text;
  for (auto text : {"Abc", "-abc", "abc-", "a--b", "a_b", "a.b", "$other", "..", "a/b", "caf\xc3\xa9"})
    EXPECT_EQ(ContainerName::parse(text).error().code, Code::InvalidResourceName) << text;
}

TEST(BlobName, AnyUtf8WithoutNul) {
  for (auto text :
       {"a", "/", "..", "a/../../b", "a b+c%20", "\x01", "ends.", "\xf0\x9f\x93\xb7.jpg", "\xef\xbf\xbe"})
    EXPECT_TRUE(BlobName::parse(text)) << text;
  for (auto text : {std::string(), std::string("a\0b", 3), std::string("\xff"), std::string("\xc0\xaf"),
                    std::string("\xed\xa0\x80")})
    EXPECT_EQ(BlobName::parse(text).error().code, Code::InvalidResourceName);
}

TEST(BlobName, LengthCountsUtf16Units) {
  auto repeated = [](std::string_view text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
  };
  struct Row {
    std::string_view character;
    int most;
  };
  for (auto [character, most] :
       {Row{"a", 1024}, Row{"\xc3\xa9", 1024}, Row{"\xe2\x82\xac", 1024}, Row{"\xf0\x9f\x93\xb7", 512}}) {
    EXPECT_TRUE(BlobName::parse(repeated(character, most))) << character;
    EXPECT_FALSE(BlobName::parse(repeated(character, most + 1))) << character;
  }
}

TEST(BlockId, IsBase64OfUpTo64Bytes) {
  EXPECT_TRUE(BlockId::parse("AAAA"));
  EXPECT_TRUE(BlockId::parse(to_base64(Bytes(64, 0xff))));
  for (const auto& text :
       {std::string(), std::string("A"), std::string("not base64"), to_base64(Bytes(65, 0))})
    EXPECT_EQ(BlockId::parse(text).error().code, Code::InvalidBlockId) << text;
}

}  // namespace
}  // namespace vitrine::blobs
