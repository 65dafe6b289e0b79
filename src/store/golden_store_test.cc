// A store that an earlier program left, in format 1, opens, has everything and takes commits.
//
// testdata/golden-1 was copied from under a running program, as after a crash: part of it is in tables, part
// only in the log. It was made by this test with VITRINE_GOLDEN_STORE=DIRECTORY and stays as it is; RocksDB's
// own LOG and OPTIONS, which it does not need to open, were left out. A new format gets a directory beside
// it.
#include <gtest/gtest.h>

#include <cstdlib>

#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* kGolden = "src/store/testdata/golden-1";
constexpr std::uint32_t kSlot = 7;
constexpr std::size_t kLarge = 150'000, kSmall = 10;

Options options(const fs::path& directory) {
  return {.directory = directory, .extent_bytes = 512 << 10};
}

Bytes content(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 % 251);
  return bytes;
}

JournalRecord record(std::uint8_t number) {
  crypto::Sha256Digest leaf;
  leaf.fill(number);
  return {kSlot, leaf, "record " + std::to_string(number)};
}

std::string id_in(const Segment& segment) {
  return std::string(as_text(segment.id()));
}

void make(const fs::path& directory) {
  {
    auto store = Store::open(options(directory)).value();
    const auto large = run(write_segment(*store, content(kLarge))).value();
    ASSERT_TRUE(commit(*store, {.writes = {{{Table::State, "state"}, "kept"},
                                           {{Table::Heads, "head"}, "first"},
                                           {{Table::Heads, "large"}, id_in(large)},
                                           {{Table::Bodies, "body"}, "inline"},
                                           {{Table::Rows, "erased"}, "row"}},
                                .deltas = {{"counter", 5}, {"gone", 1}},
                                .records = {record(0), record(1)},
                                .adopts = {large},
                                .shares = {large.id(), "body"}}));
  }
  auto store = Store::open(options(directory)).value();
  const auto small = run(write_segment(*store, content(kSmall))).value();
  const auto body = BodyRef(std::string("body"));
  ASSERT_TRUE(commit(*store, {.writes = {{{Table::Heads, "head"}, "second"},
                                         {{Table::Heads, "small"}, id_in(small)},
                                         {{Table::Rows, "erased"}, std::nullopt}},
                              .deltas = {{"counter", -7}, {"gone", -1}},
                              .records = {record(2)},
                              .trims = {{kSlot, 1}},
                              .adopts = {small},
                              .releases = {body}}));
  fs::copy(directory, directory.string() + "-copied", fs::copy_options::recursive);
}

class GoldenStore : public testing::Test {
 protected:
  void SetUp() override {
    if (const char* made = std::getenv("VITRINE_GOLDEN_STORE")) make(made);
    fs::copy(kGolden, scratch_.path() / "store", fs::copy_options::recursive);
    auto opened = Store::open(options(scratch_.path() / "store"));
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }

  std::string value(Table table, std::string key) { return store_->look_up({table, std::move(key)})->value; }
  SegmentId segment(const std::string& head) {
    SegmentId id{};
    std::ranges::copy(as_bytes(value(Table::Heads, head)), id.begin());
    return id;
  }
  Bytes read(const std::string& head, std::size_t size) {
    return run(read_segment(*store_, segment(head), size)).value();
  }

  ScratchDirectory scratch_;
  std::unique_ptr<Store> store_;
};

TEST_F(GoldenStore, HasEverything) {
  EXPECT_EQ(value(Table::State, "state"), "kept");
  const auto head = store_->look_up({Table::Heads, "head"}).value();
  EXPECT_EQ(head.value, "second");
  EXPECT_EQ(head.version, 2u);
  EXPECT_FALSE(store_->look_up({Table::Rows, "erased"})->exists());
  const auto body = store_->fetch_body("body").value();
  EXPECT_EQ(as_text(body.bytes(StoreTestPeer::read_access())), "inline");
  EXPECT_EQ(read("large", kLarge), content(kLarge));
  EXPECT_EQ(read("small", kSmall), content(kSmall));
  using Sums = std::vector<std::pair<std::string, std::int64_t>>;
  EXPECT_EQ(store_->counters("c").value(), (Sums{{"counter", -2}}));
  EXPECT_EQ(store_->counters("gone").value(), Sums{});
  EXPECT_EQ(store_->counters("holders/").value().size(), 1u) << "the large segment has two";
  EXPECT_EQ(store_->check([](std::uint64_t) {}).damages, 0u);
}

TEST_F(GoldenStore, HasItsJournal) {
  EXPECT_EQ(store_->journal_front(kSlot), 1u);
  const auto records = store_->scan_journal(kSlot, 1, SIZE_MAX).value();
  ASSERT_EQ(records.size(), 2u);
  for (std::uint8_t number : {1, 2}) {
    EXPECT_EQ(records[number - 1u].bytes, record(number).bytes);
    EXPECT_EQ(records[number - 1u].leaf, record(number).leaf);
  }
}

TEST_F(GoldenStore, GoesOn) {
  const auto position = commit(*store_, {.writes = {{{Table::Heads, "large"}, std::nullopt}},
                                         .records = {record(3)},
                                         .releases = {segment("large"), segment("large")}});
  ASSERT_TRUE(position) << position.error().message;
  EXPECT_EQ(position->version, 3u);
  EXPECT_EQ(position->journal_indexes, std::vector<std::uint64_t>{3});
  EXPECT_GT(store_->reclaim(), kLarge);
  EXPECT_EQ(read("small", kSmall), content(kSmall));
}

}  // namespace
}  // namespace vitrine::store
