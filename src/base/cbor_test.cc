#include "base/cbor.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/encoding.h"

namespace vitrine {
namespace {

TEST(Cbor, IntegersOfRfc8949AppendixA) {
  struct Row {
    std::int64_t value;
    const char* hex;
  };
  for (auto [value, hex] :
       {Row{0, "00"}, Row{23, "17"}, Row{24, "1818"}, Row{1000, "1903e8"}, Row{1000000, "1a000f4240"},
        Row{1000000000000, "1b000000e8d4a51000"}, Row{-1, "20"}, Row{-1000, "3903e7"},
        Row{std::numeric_limits<std::int64_t>::min(), "3b7fffffffffffffff"}}) {
    CborWriter writer;
    writer.integer(value);
    EXPECT_EQ(to_hex(writer.view()), hex);
    CborReader reader(writer.view());
    auto back = reader.integer();
    ASSERT_TRUE(back) << hex;
    EXPECT_EQ(*back, value);
    EXPECT_TRUE(reader.end());
  }
}

TEST(Cbor, ARecordRoundTrips) {
  CborWriter writer;
  writer.array(5).text("blob").bytes(Bytes{1, 2}).boolean(true).null().unsigned_int(7);
  CborReader reader(writer.view());
  EXPECT_TRUE(reader.array(5));
  EXPECT_EQ(*reader.text(), "blob");
  EXPECT_EQ(to_bytes(*reader.bytes(2)), (Bytes{1, 2}));
  EXPECT_FALSE(reader.skip_null());
  EXPECT_TRUE(*reader.boolean());
  EXPECT_TRUE(reader.skip_null());
  EXPECT_EQ(*reader.unsigned_int(), 7u);
  EXPECT_TRUE(reader.end());
}

TEST(Cbor, RefusesWhatIsNotDeterministic) {
  for (auto hex : {"1817", "190017", "1a00000100", "1b00000000ffffffff", "1c", "1f", "18", "19ff"}) {
    auto bytes = *from_hex(hex);
    EXPECT_FALSE(CborReader(bytes).unsigned_int()) << hex;
  }
  for (auto hex : {"61ff", "62c328", "63eda080", "7f6161ff", "6261"}) {
    auto bytes = *from_hex(hex);
    EXPECT_FALSE(CborReader(bytes).text()) << hex;
  }
  for (auto hex : {"5bffffffffffffffff", "5a00000002aa", "f814", "f4"}) {
    auto bytes = *from_hex(hex);
    EXPECT_FALSE(CborReader(bytes).bytes()) << hex;
  }
}

}  // namespace
}  // namespace vitrine
