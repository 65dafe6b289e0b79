// A row that cannot be read stays, stands in no other's way, and goes when it can be read again.
#include "base/encoding.h"
#include "blobs/content_rows.h"
#include "blobs/page_layers.h"
#include "blobs/sealed.h"
#include "operations/collection_world.h"
#include "store/key_range.h"
#include "store/store_test_peer.h"

namespace vitrine::operations {
namespace {

using store::Table;

class DamagedRows : public CollectionTest {
 public:
  /// Writes rows as commits leave them behind, and a task for them.
  class Remains {
   public:
    explicit Remains(DamagedRows& test) : test_(test) {}
    ~Remains() { EXPECT_TRUE(store::commit(*test_.world_.store, std::move(commit_))); }
    Remains(const Remains&) = delete;
    Remains& operator=(const Remains&) = delete;

    /// A body in a table, and the piece that it is.
    blobs::Piece body(std::uint64_t number) {
      commit_.writes.push_back({{Table::Bodies, blobs::body_key(kContainer, {number})}, "body"});
      return {.length = 1024, .digest = {}, .place = blobs::BodyNumber{number}};
    }
    void row(store::Key key, std::string_view value) {
      commit_.writes.push_back(blobs::seal(test_.keys(), std::move(key), value));
    }
    void pages(std::uint64_t layer, std::uint64_t begin, std::uint64_t body_number) {
      const blobs::PageRow pages{{begin, begin + 1024}, body(body_number), 0};
      row(page_key(layer, begin), encode_page_row(pages));
    }
    void task(blobs::Ended ended) {
      commit_.writes.push_back(
          blobs::write_task({from_micros(1), "tester", blobs::DeadEnd{kContainer, std::move(ended)}}));
    }

   private:
    DamagedRows& test_;
    store::Commit commit_;
  };

  static store::Key page_key(std::uint64_t layer, std::uint64_t begin) {
    return blobs::page_key(kContainer, kRows, layer, begin + 1024);
  }
  const keys::DataKeys& keys() { return *world_.data_keys->of("tester").value(); }
  bool exists(const store::Key& key) { return world_.store->look_up(key)->exists(); }
  std::vector<store::Key> keys_of(Table table, std::string_view within = {}) {
    std::vector<store::Key> found;
    for (auto& entry : world_.store->scan(table, "", "", SIZE_MAX).value())
      if (entry.key.contains(within)) found.push_back({table, std::move(entry.key)});
    return found;
  }

  /// Collects while the row is damaged, and says what the log said.
  std::string collect_around(const store::Key& key, bool by_unknown_key) {
    original_ = world_.store->look_up(key)->value;
    auto damaged = original_;
    // An epoch's number stands in front, the text behind.
    damaged.at(by_unknown_key ? 1 : damaged.size() - 1) ^= 1;
    write(key, damaged);
    testing::internal::CaptureStderr();
    collect();
    collect();
    EXPECT_EQ(world_.store->look_up(key)->value, damaged) << "it stays as it is";
    return testing::internal::GetCapturedStderr();
  }
  /// Each row in turn: the others go, an alarm names it, and when it is mended it goes as well.
  void expect_the_others_to_go(const store::Key& key, std::uint64_t rows_that_stay) {
    SCOPED_TRACE(to_hex(as_bytes(key.bytes)));
    const auto told = collect_around(key, by_unknown_key_ = !by_unknown_key_);
    EXPECT_EQ(rows(), at_rest_ + rows_that_stay);
    const auto first = told.find(to_hex(as_bytes(key.bytes)));
    ASSERT_NE(first, std::string::npos) << told;
    EXPECT_EQ(told.find(to_hex(as_bytes(key.bytes)), first + 1), std::string::npos) << "once a day: " << told;
    write(key, original_);
    clock_.ahead += std::chrono::hours(25);
    expect_nothing_left();
  }

  static constexpr blobs::ContainerId kContainer{7};
  static constexpr blobs::Generation kRows{77};

 private:
  void write(const store::Key& key, std::string value) {
    ASSERT_TRUE(store::commit(*world_.store, {.writes = {{key, std::move(value)}}}));
  }

  std::string original_;
  bool by_unknown_key_ = false;
};

/// What stays with a damaged row that holds an inline body: itself, the body, the task.
constexpr std::uint64_t kRowBodyTask = 3;

TEST_F(DamagedRows, AmongAppendedBlocks) {
  constexpr std::uint64_t kBlocks = 5;
  for (std::uint64_t damaged = 1; damaged <= kBlocks; ++damaged) {
    {
      Remains remains(*this);
      for (std::uint64_t i = 1; i <= kBlocks; ++i)
        remains.row(blobs::appended_key(kContainer, kRows, i * 1024), encode_appended(remains.body(i)));
      remains.task(blobs::EndedContent{kRows});
    }
    expect_the_others_to_go(blobs::appended_key(kContainer, kRows, damaged * 1024), kRowBodyTask);
  }
}

TEST_F(DamagedRows, AmongMoreThanOneStepTakes) {
  constexpr std::uint64_t kPages = 2'500;
  {
    Remains remains(*this);
    for (std::uint64_t i = 0; i < kPages; ++i) remains.pages(blobs::kNow, i * 1024, i);
    remains.task(blobs::EndedContent{kRows});
  }
  expect_the_others_to_go(page_key(blobs::kNow, 1'024'000), kRowBodyTask);
}

TEST_F(DamagedRows, AmongPastStates) {
  constexpr std::uint64_t kNumber = 5, kStates = 4;
  const auto name = *blobs::BlobName::parse("name");
  const auto key = [&](std::uint64_t i) {
    return blobs::past_key(kContainer, name, {kNumber, {}},
                           {blobs::PastKind::Version, blobs::Moment::from_ticks(i)});
  };
  for (std::uint64_t damaged = 1; damaged <= kStates; ++damaged) {
    {
      Remains remains(*this);
      for (std::uint64_t i = 1; i <= kStates; ++i) {
        blobs::BlobHead head;
        head.size = 1024;
        head.layout = remains.body(i);
        remains.row(key(i), encode_blob(head));
      }
      remains.task(blobs::EndedHistory{name.text(), kNumber});
    }
    expect_the_others_to_go(key(damaged), kRowBodyTask);
  }
}

TEST_F(DamagedRows, InALayerThatGoes) {
  constexpr std::uint64_t kPoint = 5, kPages = 4;
  for (std::uint64_t damaged = 0; damaged < kPages; ++damaged) {
    {
      Remains remains(*this);
      for (std::uint64_t i = 0; i < kPages; ++i) remains.pages(kPoint, i * 1024, i);
      remains.task(blobs::EndedLayer{kRows, kPoint});
    }
    expect_the_others_to_go(page_key(kPoint, damaged * 1024), kRowBodyTask);
  }
}

TEST_F(DamagedRows, InALayerThatAnOlderStateTakesOver) {
  constexpr std::uint64_t kPoint = 5, kOlder = 2;
  const blobs::PastId older{blobs::PastKind::Snapshot, blobs::Moment::from_ticks(1)};
  {
    Remains remains(*this);
    remains.row(blobs::holder_key(kContainer, kRows, kOlder, older), {});
    for (std::uint64_t i = 0; i < 3; ++i) remains.pages(kPoint, i * 1024, i);
    // Nobody can tell how far it goes back from its end, so neither what it leaves of the first two.
    remains.pages(kOlder, 1024, 11);
    remains.task(blobs::EndedLayer{kRows, kPoint});
  }
  const auto told = collect_around(page_key(kOlder, 1024), false);
  for (const std::uint64_t begin : {0, 1024}) {
    EXPECT_TRUE(told.contains(to_hex(as_bytes(page_key(kPoint, begin).bytes)))) << told;
    EXPECT_TRUE(exists(page_key(kPoint, begin))) << "it may be needed";
  }
  EXPECT_FALSE(exists(page_key(kPoint, 2048)));
  EXPECT_TRUE(exists(page_key(kOlder, 2048))) << "it was taken over";
}

TEST_F(DamagedRows, AmongBlocksOfAClosedSet) {
  for (const auto* damaged : {"AAAA", "AAAB", "AAAC"}) {
    for (const auto* id : {"AAAA", "AAAB", "AAAC"}) put_block("blob", id, kSmall);
    const auto key = keys_of(Table::Rows, damaged).front();
    put("blob", kSmall);
    remove("blob");
    expect_the_others_to_go(key, kRowBodyTask);
  }
}

TEST_F(DamagedRows, TheListOfADeletedBlob) {
  put_block("blob", "AAAA", kSmall);
  commit_blocks("blob", {"AAAA"});
  collect();
  const auto list = keys_of(Table::Rows);
  ASSERT_EQ(list.size(), 1u);
  remove("blob");
  expect_the_others_to_go(list.front(), kRowBodyTask);
}

TEST_F(DamagedRows, ASetThatWasLeft) {
  put_block("blob", "AAAA", kSmall);
  const auto set = keys_of(Table::Rows).front();
  clock_.ahead = std::chrono::days(9);
  expect_the_others_to_go(set, kRowBodyTask + 1);  // and the block
}

TEST_F(DamagedRows, HeadsAndSetsOfADeletedContainer) {
  for (const auto table : {Table::Heads, Table::Rows}) {
    for (const auto* name : {"a", "b", "c"}) {
      put(std::string("blob-") + name, kSmall);
      put_block(std::string("upload-") + name, "AAAA", kSmall);
    }
    const auto key = keys_of(table, table == Table::Heads ? "blob-b" : "upload-b").front();
    remove_container("box");
    ASSERT_TRUE(create("box")) << "another one";
    // Its block stays with a set, and the task that was to look whether it is idle.
    expect_the_others_to_go(key, table == Table::Heads ? kRowBodyTask : kRowBodyTask + 2);
  }
}

}  // namespace
}  // namespace vitrine::operations
