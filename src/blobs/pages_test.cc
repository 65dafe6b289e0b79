#include "blobs/pages.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "blobs/sealed.h"
#include "blobs/sequence_number.h"
#include "store/store_test_peer.h"

namespace vitrine::blobs {
namespace {

TEST(Pages, RangesAreOfWholePagesWithinTheBlob) {
  constexpr std::uint64_t kSize = 4096;
  for (const auto& pages : {Interval{0, 512}, Interval{0, 4096}, Interval{3584, 4096}})
    EXPECT_TRUE(check_pages(pages, kSize));
  for (const auto& pages : {Interval{0, 0}, Interval{1024, 512}, Interval{1, 512}, Interval{0, 511},
                            Interval{3584, 4608}, Interval{UINT64_MAX - 511, 512}})
    EXPECT_EQ(check_pages(pages, kSize).error().code, Code::InvalidPageRange);
}

TEST(Pages, SizesAreOfWholePages) {
  BlobHead head;
  for (std::uint64_t size : {std::uint64_t{0}, std::uint64_t{512}, kMostPageBlob}) {
    EXPECT_TRUE(make_pages(head, size));
    EXPECT_EQ(head.size, size);
  }
  for (std::uint64_t size : {std::uint64_t{511}, kMostPageBlob + 512, UINT64_MAX})
    EXPECT_EQ(make_pages(head, size).error().code, Code::OutOfRangeInput);
}

class PageChanges : public testing::Test {
 protected:
  PageChanges() { EXPECT_TRUE(make_pages(head_, 4096)); }

  static ArrivedBody body(const std::string& text) {
    return {
        .piece = {.length = text.size(), .digest = crypto::sha256(as_bytes(text)), .place = BodyNumber{7}},
        .md5 = {},
        .segment = {},
        .inline_bytes = to_bytes(as_bytes(text))};
  }
  [[nodiscard]] std::string root() const { return to_hex(head_.content_root); }

  store::ScratchDirectory directory_;
  std::unique_ptr<store::Store> store_ = store::Store::open({.directory = directory_.path()}).value();
  ContainerId container_{1};
  BlobHead head_;
  PageBlob blob_{*store_, store::test_keys(), container_, head_};
};

// Made with another language's SHA-256 and CBOR encoder from docs/formats/heads.md.
TEST_F(PageChanges, TheContentRootIsOverTheChanges) {
  EXPECT_EQ(root(), "7b93f20953bad73207c532b4f29c9d3b814ef87dd5ff8132a33ed17c8b0dd616");
  ASSERT_TRUE(write_pages(blob_, {512, 1536}, body(std::string(1024, 'a'))));
  EXPECT_EQ(root(), "3137da8e7796779249d1dee174d6bf55eb769e37bb2bb3d20d96bd0a40b3d007");
  ASSERT_TRUE(clear_pages(blob_, {1024, 1536}));
  EXPECT_EQ(root(), "01c9b7fb17b3c1013ab396f44481e623b8d22ea45574b3ef05a697da1c305443");
  ASSERT_TRUE(resize_pages(blob_, 2048));
  EXPECT_EQ(root(), "660404f762f72fd6d4ec51ab1ead134509d0b1424dff8654ac07fcd364236f7b");
  EXPECT_EQ(head_.size, 2048u);
}

TEST_F(PageChanges, WhatIsRefusedChangesNothing) {
  const auto before = head_;
  EXPECT_EQ(write_pages(blob_, {0, 512}, body(std::string(1024, 'a'))).error().code, Code::InvalidPageRange);
  EXPECT_EQ(write_pages(blob_, {4096, 4608}, body(std::string(512, 'a'))).error().code,
            Code::InvalidPageRange);
  EXPECT_EQ(clear_pages(blob_, {100, 612}).error().code, Code::InvalidPageRange);
  EXPECT_EQ(resize_pages(blob_, 100).error().code, Code::OutOfRangeInput);
  EXPECT_EQ(head_, before);
  ASSERT_TRUE(resize_pages(blob_, 16 << 20));
  const Interval long_one{0, kMostPageWrite + 512};
  EXPECT_EQ(write_pages(blob_, long_one, body(std::string(long_one.length(), 'a'))).error().code,
            Code::InvalidPageRange)
      << "4 MiB at once";
}

TEST_F(PageChanges, AWriteDoesNotOutliveTheRowsThatItKnows) {
  const auto make = [&](Result<ContentChange> change) {
    return commit(*store_, {.guards = change->guards,
                            .untouched = change->untouched,
                            .touches = change->touches,
                            .writes = change->writes});
  };
  ASSERT_TRUE(make(write_pages(blob_, {0, 512}, body(std::string(512, 'a')))));
  ASSERT_TRUE(make(write_pages(blob_, {512, 1024}, body(std::string(512, 'b')))));
  auto write = write_pages(blob_, {0, 512}, body(std::string(512, 'c')));
  const auto run = find_run(blob_, 0, 4096).value();
  ASSERT_TRUE(make(replace_run(blob_, *run, body(std::string(1024, 'd')))));
  const auto late = make(std::move(write));
  ASSERT_FALSE(late) << "two rows would lie over each other";
  EXPECT_EQ(late.error().code, Code::StateChanged);
}

/// More rows than one look takes: every other page holds a page of a body.
class ManyPages : public PageChanges {
 protected:
  static constexpr std::uint64_t kRows = kMostRowsAtOnce + 50;
  ManyPages() {
    EXPECT_TRUE(make_pages(head_, kRows * 1024));
    const auto text = std::string(512, 'a');
    store::Commit rows;
    for (std::uint64_t i = 0; i < kRows; ++i) rows.writes.push_back(row_at(i * 1024, text));
    EXPECT_TRUE(commit(*store_, std::move(rows)));
  }
  store::Write row_at(std::uint64_t begin, const std::string& text) {
    const PageRow row{.pages = {begin, begin + 512}, .piece = body(text).piece, .from = 0};
    return seal(store::test_keys(),
                page_key(container_, std::get<Pages>(head_.layout).rows, kNow, row.pages.end),
                encode_page_row(row));
  }
};

TEST_F(ManyPages, AreReadAPartAtATime) {
  auto rows = PageRows::open(*store_, store::test_keys(), container_, head_, false, {0, head_.size}).value();
  ASSERT_TRUE(commit(*store_, {.writes = {row_at(512, std::string(512, 'b'))}}));
  std::uint64_t at = 0, found = 0;
  while (!rows.at_end()) {
    auto [range, window] = rows.next().value();
    EXPECT_EQ(range.begin, at);
    EXPECT_LE(window.size(), kMostRowsAtOnce);
    for (const auto& row : window) EXPECT_EQ(row.pages.begin, 1024 * found++);
    at = range.end;
  }
  EXPECT_EQ(at, head_.size);
  EXPECT_EQ(found, kRows) << "as it was when it was opened";
}

TEST_F(ManyPages, AreClearedByOneCommit) {
  auto cleared = clear_pages(blob_, {0, head_.size}).value();
  ASSERT_TRUE(commit(*store_, {.writes = std::move(cleared.writes)}));
  Interval all{0, head_.size};
  EXPECT_TRUE(page_ranges(*store_, store::test_keys(), container_, head_, false, all)->empty());
}

TEST_F(ManyPages, ASmallerSizeClearsThem) {
  auto resized = resize_pages(blob_, 1024).value();
  EXPECT_EQ(head_.size, 1024u);
  ASSERT_TRUE(commit(*store_, {.writes = std::move(resized.writes)}));
  Interval all{0, kRows * 1024};
  EXPECT_EQ(*page_ranges(*store_, store::test_keys(), container_, head_, false, all),
            (std::vector<Interval>{{0, 512}}));
}

TEST_F(ManyPages, RangesAreToldAPartAtATime) {
  Interval range{0, head_.size};
  auto ranges = page_ranges(*store_, store::test_keys(), container_, head_, false, range).value();
  EXPECT_EQ(ranges.size(), kMostRowsAtOnce);
  EXPECT_EQ(range.end, ranges.back().end);
}

TEST(SequenceNumber, ConditionsHoldOrAreNotMet) {
  struct Row {
    SequenceConditions conditions;
    bool met;
  };
  const Row rows[] = {
      {{}, true},
      {{.at_most = 5, .below = {}, .equal = {}}, true},
      {{.at_most = 4, .below = {}, .equal = {}}, false},
      {{.at_most = {}, .below = 6, .equal = {}}, true},
      {{.at_most = {}, .below = 5, .equal = {}}, false},
      {{.at_most = {}, .below = {}, .equal = 5}, true},
      {{.at_most = {}, .below = {}, .equal = 4}, false},
      {{.at_most = 5, .below = 6, .equal = 4}, false},
  };
  const Pages pages{.rows = {}, .changes = {}, .sequence_number = 5};
  for (const auto& row : rows) {
    auto checked = check(pages, row.conditions);
    EXPECT_EQ(checked.has_value(), row.met);
    if (!checked) EXPECT_EQ(checked.error().code, Code::SequenceNumberConditionNotMet);
  }
}

TEST(SequenceNumber, ChangesAsAskedFor) {
  struct Row {
    SequenceAction action;
    std::uint64_t before, number;
    std::optional<std::uint64_t> after;
  };
  constexpr std::uint64_t kMost = INT64_MAX;
  const Row rows[] = {
      {SequenceAction::Max, 5, 4, 5},
      {SequenceAction::Max, 5, 9, 9},
      {SequenceAction::Update, 5, 4, 4},
      {SequenceAction::Increment, 5, 0, 6},
      {SequenceAction::Update, 5, kMost, kMost},
      {SequenceAction::Update, 5, kMost + 1, {}},
      {SequenceAction::Max, 5, kMost + 1, {}},
      {SequenceAction::Increment, kMost, 0, {}},
  };
  for (const auto& row : rows) {
    Pages pages{.rows = {}, .changes = {}, .sequence_number = row.before};
    auto changed = change_sequence_number(pages, row.action, row.number);
    EXPECT_EQ(changed.has_value(), row.after.has_value());
    EXPECT_EQ(pages.sequence_number, row.after.value_or(row.before));
    const auto refusal = row.action == SequenceAction::Increment ? Code::SequenceNumberIncrementTooLarge
                                                                 : Code::OutOfRangeInput;
    if (!changed) EXPECT_EQ(changed.error().code, refusal);
  }
}

}  // namespace
}  // namespace vitrine::blobs
