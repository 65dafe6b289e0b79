#include "store/encoding.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace vitrine::store {
namespace {

// The golden bytes of docs/formats/store.md.
TEST(Encoding, KeysAndValuesLieAsDocumented) {
  EXPECT_EQ(to_hex(store_integer(0x0102030405060708)), "0102030405060708");
  EXPECT_EQ(to_hex(journal_key(7, 0x0102)), "000000070000000000000102");
  EXPECT_EQ(to_hex(as_bytes(front_key(7))), "66726f6e742f00000007");
  EXPECT_EQ(read_front_key(front_key(7)), 7u);
  EXPECT_EQ(read_front_key("front/"), std::nullopt);
  EXPECT_EQ(to_hex(as_bytes(live_key(3))), "6c6976652f0000000000000003");
  EXPECT_EQ(to_hex(as_bytes(holders_key(SegmentId{0xab}))), "686f6c646572732f73ab" + std::string(62, '0'));
  EXPECT_EQ(to_hex(as_bytes(holders_key("key"))), "686f6c646572732f626b6579");
  SegmentRow row{{3, 4096}, 100'000, {}, 1, {0xab}};
  EXPECT_EQ(to_hex(store_segment_row(row)),
            "86031910001a000186a05820" + std::string(64, '0') + "015820ab" + std::string(62, '0'));
}

TEST(Encoding, WhatWasStoredReadsBack) {
  const auto key = journal_key(0xfffffffe, 5);
  const auto place = read_journal_key(key);
  EXPECT_EQ(place->slot, 0xfffffffeu);
  EXPECT_EQ(place->index, 5u);
  const auto versioned =
      read_versioned(as_bytes(std::string_view("\0\0\0\0\0\0\0\x2a"
                                               "value",
                                               13)));
  EXPECT_EQ(versioned->version, 42u);
  EXPECT_EQ(versioned->value, "value");
  const auto record = read_journal_value(as_bytes(std::string(32, 'L') + "bytes"));
  EXPECT_EQ(record->leaf[31], 'L');
  EXPECT_EQ(record->bytes, "bytes");
  SegmentRow row{{UINT64_MAX, 1}, 2, {9}, 3, {8}};
  const auto again = read_segment_row(store_segment_row(row));
  EXPECT_EQ(again->location.extent, UINT64_MAX);
  EXPECT_EQ(again->digest, row.digest);
  EXPECT_EQ(again->epoch, 3u);
  EXPECT_EQ(again->owner, row.owner);
}

TEST(Encoding, DamageIsCorruptNeverAnotherValue) {
  const auto corrupt = [](const auto& result) { return !result && result.error().code == Code::Corrupt; };
  EXPECT_TRUE(corrupt(read_integer(as_bytes("1234567"))));
  EXPECT_TRUE(corrupt(read_integer(as_bytes("123456789"))));
  EXPECT_TRUE(corrupt(read_versioned(as_bytes("1234567"))));
  EXPECT_TRUE(corrupt(read_versioned(as_bytes(std::string(8, '\0')))));
  EXPECT_TRUE(corrupt(read_journal_key(as_bytes("12345678901"))));
  EXPECT_TRUE(corrupt(read_journal_value(as_bytes(std::string(31, 'x')))));
  auto row = store_segment_row({{3, 4096}, 10, {}, 1, {}});
  for (std::size_t size = 0; size < row.size(); ++size)
    EXPECT_TRUE(corrupt(read_segment_row(ConstBytes(row).first(size)))) << size;
  row.push_back(0);
  EXPECT_TRUE(corrupt(read_segment_row(row)));
}

}  // namespace
}  // namespace vitrine::store
