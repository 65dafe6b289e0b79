#include "base/cbor.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
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

/// Arguments of a head: mostly those at the edges of the shortest forms.
rc::Gen<std::uint64_t> arguments() {
  return rc::gen::oneOf(rc::gen::arbitrary<std::uint64_t>(),
                        rc::gen::element<std::uint64_t>(0, 20, 23, 24, 255, 256, 65535, 65536, 0xffffffff,
                                                        0x100000000, UINT64_MAX));
}

/// An item as some encoder might have written it: its argument in `width` bytes, or in the head's first.
Bytes item(unsigned major, unsigned width, std::uint64_t argument, const Bytes& payload) {
  auto info = width == 0 ? argument & 0x1f : 24u + static_cast<unsigned>(std::countr_zero(width));
  Bytes out{static_cast<std::uint8_t>(major << 5 | info)};
  for (auto shift = width; shift-- > 0;) out.push_back(static_cast<std::uint8_t>(argument >> (8 * shift)));
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

/// Whatever `read` accepts, `write` writes as it was.
template <class Read, class Write>
void check_canonical(const Bytes& input, Read read, Write write) {
  CborReader reader(input);
  auto value = read(reader);
  if (!value) return;
  CborWriter writer;
  write(writer, *value);
  RC_ASSERT(writer.view() == Bytes(input.begin(), input.begin() + static_cast<long>(reader.offset())));
}

void check_canonical(const Bytes& input) {
  check_canonical(
      input, [](auto& r) { return r.unsigned_int(); }, [](auto& w, auto v) { w.unsigned_int(v); });
  check_canonical(input, [](auto& r) { return r.integer(); }, [](auto& w, auto v) { w.integer(v); });
  check_canonical(input, [](auto& r) { return r.bytes(); }, [](auto& w, auto v) { w.bytes(v); });
  check_canonical(input, [](auto& r) { return r.text(); }, [](auto& w, auto v) { w.text(v); });
  check_canonical(input, [](auto& r) { return r.boolean(); }, [](auto& w, auto v) { w.boolean(v); });
  check_canonical(
      input, [](auto& r) { return r.array_up_to(SIZE_MAX); }, [](auto& w, auto v) { w.array(v); });
}

RC_GTEST_PROP(CborProperty, WhatIsReadIsWhatWouldBeWritten, (const Bytes& payload)) {
  auto argument = *arguments();
  for (unsigned major = 0; major < 8; ++major)
    for (unsigned width : {0, 1, 2, 4, 8}) check_canonical(item(major, width, argument, payload));
}

RC_GTEST_PROP(CborProperty, WhatIsWrittenIsReadBack,
              (std::uint64_t number, std::int64_t integer, const Bytes& bytes, bool truth)) {
  auto text = to_hex(bytes);
  CborWriter writer;
  writer.array(5).unsigned_int(number).integer(integer).bytes(bytes).text(text).boolean(truth);
  CborReader reader(writer.view());
  RC_ASSERT(reader.array(5).has_value());
  RC_ASSERT(reader.unsigned_int().value() == number);
  RC_ASSERT(reader.integer().value() == integer);
  RC_ASSERT(to_bytes(reader.bytes().value()) == bytes);
  RC_ASSERT(reader.text().value() == text);
  RC_ASSERT(reader.boolean().value() == truth);
  RC_ASSERT(reader.end().has_value());
}

}  // namespace
}  // namespace vitrine
