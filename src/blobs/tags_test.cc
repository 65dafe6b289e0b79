#include "blobs/tags.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace vitrine::blobs {
namespace {

TEST(Tags, AreBoundedAndPlain) {
  struct Row {
    std::string key, value;
    bool valid;
  };
  const Row rows[] = {
      {"a", "", true},
      {"Az 09+-./:=_", "Az 09+-./:=_", true},
      {std::string(128, 'k'), std::string(256, 'v'), true},
      {"", "v", false},
      {std::string(129, 'k'), "v", false},
      {"k", std::string(257, 'v'), false},
      {"k&", "v", false},
      {"k", "v,", false},
      {"ä", "v", false},
      {"k", "a\n", false},
  };
  for (const auto& row : rows) {
    Tags tags;
    const auto added = tags.add(row.key, row.value);
    EXPECT_EQ(added.has_value(), row.valid) << row.key << '=' << row.value;
    if (!added) EXPECT_EQ(added.error().code, Code::InvalidInput);
  }
}

TEST(Tags, TenAtMostAndEachKeyOnce) {
  Tags tags;
  ASSERT_TRUE(tags.add("0", "a"));
  EXPECT_FALSE(tags.add("0", "b"));
  for (char c = '1'; c <= '9'; ++c) ASSERT_TRUE(tags.add(std::string(1, c), ""));
  EXPECT_FALSE(tags.add("x", ""));
  EXPECT_EQ(tags.values.size(), kMostTags);
}

// The golden bytes of docs/formats/heads.md.
TEST(Tags, AreKeptInTheOrderOfTheirKeys) {
  Tags tags;
  ASSERT_TRUE(tags.add("b", "2"));
  ASSERT_TRUE(tags.add("a", "1"));
  EXPECT_EQ(to_hex(tags.encode()), "8282616161318261626132");
  EXPECT_EQ(*Tags::decode(tags.encode()), tags);
  EXPECT_EQ(Tags::decode(*from_hex("8282616261328261616131")).error().code, Code::Corrupt) << "out of order";
  EXPECT_EQ(Tags::decode(*from_hex("818261266131")).error().code, Code::Corrupt) << "not a tag";
}

}  // namespace
}  // namespace vitrine::blobs
