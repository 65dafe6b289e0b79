#include <gtest/gtest.h>

#include "blobs/name_state.h"

namespace vitrine::blobs {
namespace {

constexpr auto kTime = 1'700'000'000'000'000;

tlog::Digest filled(std::uint8_t byte) {
  tlog::Digest digest;
  digest.fill(byte);
  return digest;
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (auto byte : as_bytes(bytes)) out += fmt::format("{:02x}", byte);
  return out;
}

BlobHead head(decltype(BlobHead::layout) layout) {
  return {.created = from_micros(kTime),
          .last_modified = from_micros(kTime + 1),
          .etag = ETag::from_number(0x8DBE5C1AB3C0000),
          .size = 5,
          .content = {.type = "text/plain"},
          .metadata = {{"k", "v"}},
          .content_root = filled(0xaa),
          .version = {},
          .deletion = {},
          .layout = std::move(layout),
          .attributes = {}};
}

BlobHead one_piece() {
  return head(Piece{.length = 5, .digest = filled(0xcc), .place = BodyNumber{7}});
}

BlobHead version_of_blocks() {
  auto out = head(BlockList{{9}, 2});
  out.version = Moment::from_ticks(638'000'000'000'000'001);
  return out;
}

BlobHead deleted_append_blob() {
  auto blocks = *tlog::Frontier::from_peaks(3, {filled(0xbb), filled(0xbb)});
  auto out = head(AppendedBlocks{.rows = {11}, .blocks = blocks, .sealed = true});
  out.deletion = {from_micros(kTime + 2), from_micros(kTime + 3)};
  return out;
}

BlobHead page_blob() {
  auto out = head(
      Pages{.rows = {13}, .changes = *tlog::Frontier::from_peaks(1, {filled(0xbb)}), .sequence_number = 42});
  out.attributes = {{7, {1}}};
  return out;
}

// The golden bytes were made with a CBOR encoder of another language from docs/formats/heads.md.
const std::string kStart =
    "8d011b00060a24181e40001b00060a24181e40011b08dbe5c1ab3c000005864a746578742f706c61696e40404040f68182416b41"
    "76"
    "5820aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const std::string kPeak = "5820bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

TEST(BlobHead, GoldenBytes) {
  struct Row {
    BlobHead head;
    std::string bytes;
  };
  const Row rows[] = {
      {one_piece(),
       kStart + "f6f60084055820cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc000780"},
      {version_of_blocks(), kStart + "1b08daa19ea6b30001f60182090280"},
      {deleted_append_blob(),
       kStart + "f6821b00060a24181e40021b00060a24181e400302830b8303" + kPeak + kPeak + "f580"},
      {page_blob(), kStart + "f6f603830d8201" + kPeak + "182a8182074101"},
  };
  for (const auto& [head, bytes] : rows) {
    EXPECT_EQ(hex(encode_blob(head)), bytes);
    EXPECT_EQ(*decode_blob(encode_blob(head)), head);
  }
}

TEST(BlobHead, WhatIsCutShortOrGoesOnIsRefused) {
  for (const auto& head : {one_piece(), version_of_blocks(), deleted_append_blob(), page_blob()}) {
    auto bytes = encode_blob(head);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      EXPECT_EQ(decode_blob(bytes.substr(0, size)).error().code, Code::Corrupt) << size;
    EXPECT_EQ(decode_blob(bytes + '\0').error().code, Code::Corrupt);
  }
}

TEST(NameState, GoldenBytes) {
  History history{0x0102030405060708, Moment::from_ticks(638'000'000'000'000'002)};
  EXPECT_EQ(hex(encode_name_state({one_piece(), std::nullopt})),
            "8301f65881" + hex(encode_blob(one_piece())));
  EXPECT_EQ(hex(encode_name_state({version_of_blocks(), history})),
            "8301821b01020304050607081b08daa19ea6b300025866" + hex(encode_blob(version_of_blocks())));
  EXPECT_EQ(hex(encode_name_state({std::nullopt, history})), "8301821b01020304050607081b08daa19ea6b30002f6");
  for (const NameState& state :
       {NameState{one_piece(), {}}, NameState{page_blob(), history}, NameState{{}, history}})
    EXPECT_EQ(*decode_name_state(encode_name_state(state)), state);
  EXPECT_EQ(decode_name_state(as_text(Bytes{0x83, 0x01, 0xf6, 0xf6})).error().code, Code::Corrupt)
      << "an empty state has no row";
}

TEST(NameState, TheNextMomentIsLaterThanAllThatWereGiven) {
  auto early = Moment::from_ticks(5), late = Moment::from_ticks(9);
  auto current = one_piece();
  EXPECT_EQ((NameState{current, {}}).latest(), Moment());
  EXPECT_EQ((NameState{current, History{1, late}}).latest(), late);
  current.version = late;
  EXPECT_EQ((NameState{current, {}}).latest(), late);
  EXPECT_EQ((NameState{current, History{1, early}}).latest(), late);
}

TEST(HeadKeys, GoldenBytesAndOrder) {
  ContainerId container{};
  container.fill(0x11);
  const std::string id = "11111111111111111111111111111111";
  auto blob = *BlobName::parse("a/b");
  History history{0x0102030405060708, {}};
  auto moment = Moment::from_ticks(0x08daa19ea6b30001);
  auto own = blob_key(container, blob);
  auto snapshot = past_key(container, blob, history, {PastKind::Snapshot, moment});
  auto version = past_key(container, blob, history, {PastKind::Version, moment});
  EXPECT_EQ(hex(own.bytes), id + "612f62" + "00");
  EXPECT_EQ(hex(snapshot.bytes), id + "612f62" + "00" + "0102030405060708" + "01" + "08daa19ea6b30001");
  EXPECT_EQ(hex(version.bytes), id + "612f62" + "00" + "0102030405060708" + "02" + "08daa19ea6b30001");
  auto next = blob_key(container, *BlobName::parse(std::string("a/b\x01")));
  EXPECT_LT(own.bytes, snapshot.bytes);
  EXPECT_LT(snapshot.bytes, version.bytes);
  EXPECT_LT(version.bytes, next.bytes);

  EXPECT_EQ(parse_head_key(own.bytes)->name, "a/b");
  EXPECT_FALSE(parse_head_key(own.bytes)->past);
  EXPECT_EQ(parse_head_key(version.bytes)->name, "a/b");
  EXPECT_EQ(parse_head_key(version.bytes)->past->history, history.number);
  EXPECT_EQ(parse_head_key(version.bytes)->past->id, (PastId{PastKind::Version, moment}));
  for (std::size_t size = 0; size < version.bytes.size(); ++size)
    EXPECT_EQ(parse_head_key(version.bytes.substr(0, size)).has_value(), size == own.bytes.size()) << size;
}

}  // namespace
}  // namespace vitrine::blobs
