#include "blobs/content_rows.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "store/store_test_peer.h"

namespace vitrine::blobs {
namespace {

constexpr Generation kRows{0x0102030405060708};

ContainerId container() {
  ContainerId id{};
  id.fill(0x11);
  return id;
}

/// Of the digest cc…, in a segment dd… or under body number 7.
Piece piece(std::uint64_t length, bool in_segment = false) {
  Piece out{.length = length, .digest = {}, .place = BodyNumber{7}};
  out.digest.fill(0xcc);
  if (in_segment) out.place.emplace<store::SegmentId>().fill(0xdd);
  return out;
}

std::string hex(std::string_view bytes) {
  return to_hex(as_bytes(bytes));
}

// The golden bytes were made with a CBOR encoder of another language from docs/formats/heads.md.
const std::string kDigest = "5820" + std::string(64, 'c');
const std::string kSegment = "5820" + std::string(64, 'd');
const std::string kContent = std::string(32, '1') + "00" + "0102030405060708";

TEST(ContentRows, KeysLieAsDocumented) {
  auto moment = Moment::from_ticks(0x08daa19ea6b30001);
  EXPECT_EQ(hex(content_prefix(container(), kRows)), kContent);
  EXPECT_EQ(hex(appended_key(container(), kRows, 4096).bytes), kContent + "02" + "0000000000001000");
  EXPECT_EQ(hex(page_key(container(), kRows, kNow, 1536).bytes),
            kContent + "03" + "ffffffffffffffff" + "0000000000000600");
  EXPECT_EQ(hex(page_key(container(), kRows, 5, 1536).bytes),
            kContent + "03" + "0000000000000005" + "0000000000000600");
  EXPECT_EQ(hex(holder_key(container(), kRows, 5, {PastKind::Snapshot, moment}).bytes),
            kContent + "01" + "fffffffffffffffa" + "01" + "08daa19ea6b30001");
  EXPECT_EQ(hex(holder_key(container(), kRows, 5, {PastKind::Version, moment}).bytes),
            kContent + "01" + "fffffffffffffffa" + "02" + "08daa19ea6b30001");
}

TEST(ContentRows, ValuesLieAsDocumented) {
  EXPECT_EQ(hex(encode_appended(piece(4096))), "84191000" + kDigest + "0007");
  EXPECT_EQ(hex(encode_appended(piece(70'000, true))), "841a00011170" + kDigest + "01" + kSegment);
  EXPECT_EQ(hex(encode_page_row({.pages = {512, 1536}, .piece = piece(4096), .from = 1024})),
            "83190200190400" + ("84191000" + kDigest) + "0007");
  EXPECT_EQ(hex(encode_page_row(
                {.pages = {1ULL << 32, (1ULL << 32) + (4 << 20)}, .piece = piece(4 << 20, true), .from = 0})),
            "831b000000010000000000" + ("841a00400000" + kDigest) + "01" + kSegment);
  EXPECT_EQ(hex(encode_page_row({.pages = {512, 1536}, .piece = {}, .from = 0})), "8319020000f6");
}

TEST(ContentRows, KeysReadBack) {
  struct Row {
    store::Key key;
    ContentKey::Kind kind;
    std::uint64_t layer, end;
  };
  PastId snapshot{PastKind::Snapshot, Moment::from_ticks(9)};
  const Row rows[] = {{holder_key(container(), kRows, 5, snapshot), ContentKey::Kind::Holder, 5, 0},
                      {appended_key(container(), kRows, 700), ContentKey::Kind::Appended, 0, 700},
                      {page_key(container(), kRows, kNow, 1536), ContentKey::Kind::Page, kNow, 1536}};
  for (const auto& row : rows) {
    auto key = parse_content_key(row.key.bytes);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->kind, row.kind);
    EXPECT_EQ(key->layer, row.layer);
    EXPECT_EQ(key->end, row.end);
    for (std::size_t size = 0; size < row.key.bytes.size(); ++size)
      EXPECT_EQ(parse_content_key(row.key.bytes.substr(0, size)).error().code, Code::Corrupt) << size;
    EXPECT_EQ(parse_content_key(row.key.bytes + "x").error().code, Code::Corrupt);
  }
  auto damaged = rows[0].key.bytes;
  damaged[damaged.size() - 9] = 3;
  EXPECT_EQ(parse_content_key(damaged).error().code, Code::Corrupt) << "no kind of past states";
}

TEST(ContentRows, ValuesReadBack) {
  EXPECT_EQ(*decode_appended(encode_appended(piece(5)), 5), piece(5));
  for (const auto& row : {PageRow{{512, 1536}, piece(4096), 1024}, PageRow{{0, 4096}, piece(4096, true), 0},
                          PageRow{{512, 1536}, {}, 0}}) {
    auto bytes = encode_page_row(row);
    EXPECT_EQ(*decode_page_row(bytes, row.pages.end), row);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      EXPECT_EQ(decode_page_row(bytes.substr(0, size), row.pages.end).error().code, Code::Corrupt) << size;
    EXPECT_EQ(decode_page_row(bytes + "x", row.pages.end).error().code, Code::Corrupt);
  }
}

TEST(ContentRows, WhatCannotBeIsRefused) {
  EXPECT_FALSE(decode_appended(encode_appended(piece(0)), 5)) << "nothing was appended";
  EXPECT_FALSE(decode_appended(encode_appended(piece(6)), 5)) << "it begins before the blob";
  auto pages = [](const PageRow& row) { return decode_page_row(encode_page_row(row), row.pages.end); };
  EXPECT_TRUE(pages({{0, 512}, piece(1024), 512}));
  EXPECT_FALSE(pages({{0, 512}, piece(1024), 513})) << "it goes on behind its body";
  EXPECT_FALSE(pages({{0, 512}, piece(1024), UINT64_MAX})) << "it begins behind its body";
  EXPECT_FALSE(pages({{512, 512}, piece(1024), 0})) << "it is empty";
  EXPECT_FALSE(pages({{0, 512}, {}, 1})) << "zeros begin nowhere";
}

TEST(ContentRows, APartOfARowIsOfThePartOfItsBody) {
  PageRow row{.pages = {1024, 3072}, .piece = piece(4096), .from = 512};
  EXPECT_EQ(row.within({0, 9999}), row);
  EXPECT_EQ(row.within({0, 2048}), (PageRow{{1024, 2048}, piece(4096), 512}));
  EXPECT_EQ(row.within({1536, 2048}), (PageRow{{1536, 2048}, piece(4096), 1024}));
  EXPECT_EQ((PageRow{{0, 1024}, {}, 0}.within({512, 1024})), (PageRow{{512, 1024}, {}, 0}));
}

TEST(ContentRows, TheNewestHolderBeforeAPointIsFound) {
  store::ScratchDirectory directory;
  auto opened = store::Store::open({.directory = directory.path()}).value();
  auto& kept = *opened;
  store::Commit holders;
  for (std::uint64_t point : {3, 7, 9})
    holders.writes.push_back(
        {holder_key(container(), kRows, point, {PastKind::Snapshot, Moment::from_ticks(point)}), ""});
  // Another content's, and a row of this one that is no holder.
  holders.writes.push_back({holder_key(container(), {kRows.value + 1}, 8, {}), ""});
  holders.writes.push_back({appended_key(container(), kRows, 700), "x"});
  ASSERT_TRUE(commit(kept, std::move(holders)));
  auto before = [&](std::uint64_t point) { return *holder_before(kept, container(), kRows, point); };
  EXPECT_EQ(before(kNow), 9u);
  EXPECT_EQ(before(10), 9u);
  EXPECT_EQ(before(9), 7u);
  EXPECT_EQ(before(4), 3u);
  EXPECT_EQ(before(3), std::nullopt);
  EXPECT_EQ(before(0), std::nullopt);
}

}  // namespace
}  // namespace vitrine::blobs
