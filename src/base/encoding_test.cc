#include "base/encoding.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(Encoding, Base64VectorsOfRfc4648) {
  struct Row {
    std::string_view plain, encoded;
  };
  for (auto [plain, encoded] :
       {Row{"", ""}, Row{"f", "Zg=="}, Row{"fo", "Zm8="}, Row{"foo", "Zm9v"}, Row{"foob", "Zm9vYg=="},
        Row{"fooba", "Zm9vYmE="}, Row{"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(to_base64(as_bytes(plain)), encoded);
    auto decoded = from_base64(encoded);
    ASSERT_TRUE(decoded) << encoded;
    EXPECT_EQ(as_text(*decoded), plain);
  }
}

TEST(Encoding, Base64RefusesWhatIsNotCanonical) {
  for (auto text : {"Zg", "Zg=", "Zh==", "Zg==Zg==", "Z-_v", "Zm9v\n", " Zm9v", "====", "Zm9v="})
    EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Encoding, Hex) {
  EXPECT_EQ(to_hex(Bytes{0x00, 0xab, 0xff}), "00abff");
  EXPECT_EQ(*from_hex("00ABff"), (Bytes{0x00, 0xab, 0xff}));
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("zz"));
}

}  // namespace
}  // namespace vitrine
