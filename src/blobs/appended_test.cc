#include "blobs/appended.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "store/store_test_peer.h"

namespace vitrine::blobs {
namespace {

const ContainerId kContainer{1};

/// Inline, as it would arrive.
ArrivedBody body(std::string_view text) {
  return {.piece = {.length = text.size(), .digest = crypto::sha256(as_bytes(text)), .place = BodyNumber{7}},
          .md5 = {},
          .segment = {},
          .inline_bytes = to_bytes(as_bytes(text))};
}

Result<ContentChange> append(BlobHead& head, std::string_view text, const AppendConditions& conditions = {}) {
  return append(head, kContainer, store::test_keys(), body(text), conditions);
}

/// Of five bytes.
BlobHead some_head() {
  BlobHead head;
  make_appended(head);
  EXPECT_TRUE(append(head, "01234"));
  return head;
}

TEST(Appended, ConditionsHoldOrSayWhatIsWrong) {
  struct Row {
    std::string text;
    AppendConditions conditions;
    std::optional<Code> refused;
  };
  constexpr auto kMost = UINT64_MAX;
  const Row rows[] = {
      {"abc", {}, {}},
      {"", {}, Code::InvalidInput},
      {"abc", {.position = 5, .most_size = {}}, {}},
      {"abc", {.position = 4, .most_size = {}}, Code::AppendPositionConditionNotMet},
      {"abc", {.position = 6, .most_size = {}}, Code::AppendPositionConditionNotMet},
      {"abc", {.position = {}, .most_size = 8}, {}},
      {"abc", {.position = {}, .most_size = kMost}, {}},
      {"abc", {.position = {}, .most_size = 7}, Code::MaxBlobSizeConditionNotMet},
      {"abc", {.position = {}, .most_size = 4}, Code::MaxBlobSizeConditionNotMet},
      {"abc", {.position = 4, .most_size = 7}, Code::AppendPositionConditionNotMet},
  };
  for (const auto& row : rows) {
    auto head = some_head();
    const auto before = head;
    auto change = append(head, row.text, row.conditions);
    EXPECT_EQ(change.has_value(), !row.refused);
    if (!change) EXPECT_EQ(change.error().code, row.refused);
    EXPECT_EQ(head == before, row.refused.has_value()) << "what is refused changes nothing";
    EXPECT_EQ(head.size, row.refused ? 5u : 8u);
  }
}

TEST(Appended, ASealedBlobStaysAsItIs) {
  auto head = some_head();
  std::get<AppendedBlocks>(head.layout).sealed = true;
  EXPECT_EQ(append(head, "abc").error().code, Code::BlobIsSealed);
}

TEST(Appended, HasSoManyBlocksAndNoMore) {
  auto head = some_head();
  auto& blocks = std::get<AppendedBlocks>(head.layout).blocks;
  while (blocks.size() < kMostBlocks - 1) blocks.append({});
  EXPECT_TRUE(append(head, "a"));
  EXPECT_EQ(append(head, "a").error().code, Code::BlockCountExceedsLimit);
}

// Made with another language's SHA-256 and CBOR encoder from docs/formats/heads.md.
TEST(Appended, TheContentRootIsOverTheBlocks) {
  BlobHead head;
  make_appended(head);
  EXPECT_EQ(to_hex(head.content_root), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  ASSERT_TRUE(append(head, "abc"));
  EXPECT_EQ(to_hex(head.content_root), "5aa9b3a84aef9a8d86df8f9c9cc2a4a98aa348fc565e77d6c2ea19f1a065c56b");
  ASSERT_TRUE(append(head, "defgh"));
  EXPECT_EQ(to_hex(head.content_root), "561863330af43c6983e1d62ff778a7824ba1a65e7acde0ce55a2f77c3d1ff443");
}

TEST(Appended, TheBlocksOfARangeAreFoundByOneSeek) {
  store::ScratchDirectory directory;
  auto kept = store::Store::open({.directory = directory.path()}).value();
  BlobHead head;
  make_appended(head);
  for (auto text : {"abc", "defgh", "i"}) {
    auto change = append(head, text).value();
    ASSERT_TRUE(commit(*kept, {.writes = std::move(change.writes)}));
  }
  auto begins = [&](Interval range) {
    std::vector<std::uint64_t> found;
    for (const auto& each : *appended_pieces(*kept, store::test_keys(), kContainer, head, range))
      found.push_back(each.begin);
    return found;
  };
  using Begins = std::vector<std::uint64_t>;
  EXPECT_EQ(begins({0, 9}), (Begins{0, 3, 8}));
  EXPECT_EQ(begins({2, 4}), (Begins{0, 3}));
  EXPECT_EQ(begins({3, 8}), (Begins{3}));
  EXPECT_EQ(begins({8, 9}), (Begins{8}));
  EXPECT_EQ(begins({4, 4}), Begins{});
  auto middle = appended_key(kContainer, std::get<AppendedBlocks>(head.layout).rows, 8);
  ASSERT_TRUE(commit(*kept, {.writes = {{middle, std::nullopt}}}));
  auto missing = appended_pieces(*kept, store::test_keys(), kContainer, head, {0, 9});
  EXPECT_EQ(missing.error().code, Code::Corrupt) << "a lost block is not skipped";
}

}  // namespace
}  // namespace vitrine::blobs
