#include "store/store.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/encoding.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

std::unique_ptr<Store> open_store(const std::filesystem::path& directory) {
  auto store = Store::open({.directory = directory});
  if (!store) throw std::runtime_error(store.error().message);
  return std::move(*store);
}

Key state(std::string bytes) {
  return {Table::State, std::move(bytes)};
}
Key head(std::string bytes) {
  return {Table::Heads, std::move(bytes)};
}
Write put(Key key, std::string value) {
  return {std::move(key), std::move(value)};
}
Write erase(Key key) {
  return {std::move(key), std::nullopt};
}

class StoreTest : public testing::Test {
 protected:
  void reopen() {
    store_.reset();
    store_ = open_store(scratch_.path());
  }
  Version written(Commit change) {
    auto position = commit(*store_, std::move(change));
    EXPECT_TRUE(position) << position.error().message;
    return position ? position->version : 0;
  }

  ScratchDirectory scratch_;
  std::unique_ptr<Store> store_ = open_store(scratch_.path());
};

TEST_F(StoreTest, AnEntryHasTheVersionOfTheCommitThatWroteIt) {
  EXPECT_FALSE(store_->look_up(head("a"))->exists());
  const auto version = written({.writes = {put(head("a"), "1"), put(state("a"), "2")}});
  for (int pass = 0; pass < 2; ++pass) {
    auto found = store_->look_up(head("a"));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->version, version);
    EXPECT_EQ(found->value, "1");
    EXPECT_EQ(store_->look_up(state("a"))->value, "2");
    EXPECT_EQ(store_->version(), version);
    reopen();
  }
  EXPECT_GT(written({.writes = {erase(head("a"))}}), version);
  EXPECT_FALSE(store_->look_up(head("a"))->exists());
}

TEST_F(StoreTest, AGuardHoldsExactlyWhenTheVersionIsStillTheSame) {
  written({.writes = {put(head("there"), "older")}});
  const auto version = written({.writes = {put(head("there"), "x")}});
  struct Row {
    const char* what;
    Guard guard;
    bool holds;
  };
  for (const bool after_reopening : {false, true}) {
    if (after_reopening) reopen();
    const auto now = store_->version();
    for (const auto& [what, guard, holds] : {
             Row{"the version it has", {head("there"), version, 0}, true},
             Row{"the version it has, read lately", {head("there"), version, now}, true},
             Row{"an older version", {head("there"), version - 1, version - 1}, false},
             Row{"absence, though it exists", {head("there"), 0, version - 1}, false},
             Row{"absence, never read", {head("there"), 0, 0}, false},
             Row{"absence", {head("missing"), 0, now}, true},
             Row{"absence, never read, of what is absent", {head("missing"), 0, 0}, true},
             Row{"absence in another table", {state("there"), 0, 0}, true},
         }) {
      auto result = commit(*store_, {.guards = {guard}});
      EXPECT_EQ(result.has_value(), holds) << what;
      if (!holds) EXPECT_EQ(result.error().code, Code::StateChanged) << what;
    }
  }
}

TEST_F(StoreTest, AGuardReadBeforeAChangeFailsAfterIt) {
  const auto absent = store_->look_up(head("k"))->guard(Table::Heads);
  written({.writes = {put(head("k"), "1")}});
  const auto first = store_->look_up(head("k"))->guard(Table::Heads);
  EXPECT_FALSE(commit(*store_, {.guards = {absent}}));
  EXPECT_TRUE(commit(*store_, {.guards = {first}}));
  written({.writes = {erase(head("k"))}});
  EXPECT_FALSE(commit(*store_, {.guards = {first}}));
  EXPECT_TRUE(commit(*store_, {.guards = {absent}}));
}

TEST_F(StoreTest, KnowsWhetherAKeyIsAsItWasRead) {
  const auto read_at = [&] { return store_->look_up(head("k"))->read_at; };
  const auto absent = read_at();
  EXPECT_EQ(store_->unchanged_since(head("k"), absent), absent);
  written({.writes = {put(head("k"), "1")}});
  EXPECT_FALSE(store_->unchanged_since(head("k"), absent));
  const auto first = read_at();
  const auto other = written({.writes = {put(head("other"), "1")}});
  EXPECT_EQ(store_->unchanged_since(head("k"), first), other);
  written({.writes = {erase(head("k"))}});
  EXPECT_FALSE(store_->unchanged_since(head("k"), first));
  EXPECT_FALSE(store_->unchanged_since(head("k"), other));
  reopen();
  EXPECT_FALSE(store_->unchanged_since(head("k"), other)) << "nobody knows what was before";
}

TEST_F(StoreTest, ATouchedNameFailsWhatWasScannedBefore) {
  const Key name{Table::Rows, "blocks of k"};
  const Untouched before{name, store_->version()};
  EXPECT_TRUE(commit(*store_, {.untouched = {before}}));
  written({.writes = {put(head("other"), "1")}});
  EXPECT_TRUE(commit(*store_, {.untouched = {before}})) << "another name";
  written({.touches = {name}});
  EXPECT_FALSE(commit(*store_, {.untouched = {before}}));
  EXPECT_TRUE(commit(*store_, {.untouched = {{name, store_->version()}}}));
  EXPECT_FALSE(store_->look_up({Table::Rows, name.bytes})->exists());
}

TEST_F(StoreTest, AFreshGuardIsCheckedWithoutALookUp) {
  written({.writes = {put(head("k"), "1")}});
  reopen();
  written({.writes = {put(head("other"), "1")}});
  const auto guard = store_->look_up(head("k"))->guard(Table::Heads);
  const auto reads = store_->activity().guard_reads;
  EXPECT_TRUE(commit(*store_, {.guards = {guard}}));
  EXPECT_EQ(store_->activity().guard_reads, reads);
}

TEST_F(StoreTest, ACommitThatFailsLeavesNoTrace) {
  written({.writes = {put(head("k"), "1")}});
  EXPECT_FALSE(commit(*store_, {.guards = {{head("k"), 0, 0}},
                                .writes = {put(head("k"), "2")},
                                .deltas = {{"sum", 1}},
                                .records = {{7, {}, "record"}},
                                .adopts = {}}));
  EXPECT_EQ(store_->look_up(head("k"))->value, "1");
  EXPECT_EQ(*store_->counter("sum"), 0);
  EXPECT_EQ(store_->journal_size(7), 0u);
}

TEST_F(StoreTest, ScansWalkKeyOrderBetweenBounds) {
  written({.writes = {put(head("b"), "2"), put(head("a"), "1"), put(head("c"), "3"), put(state("bb"), "x")}});
  struct Row {
    const char *from, *to;
    std::size_t limit;
    std::string found;
  };
  for (const auto& [from, to, limit, found] :
       {Row{"", "", 9, "a1b2c3"}, Row{"a", "c", 9, "a1b2"}, Row{"aa", "", 9, "b2c3"}, Row{"", "", 2, "a1b2"},
        Row{"c", "a", 9, ""}, Row{"", "", 0, ""}}) {
    std::string all;
    for (const auto& entry : *store_->scan(Table::Heads, from, to, limit)) all += entry.key + entry.value;
    EXPECT_EQ(all, found) << from << "-" << to;
  }
}

TEST_F(StoreTest, AScannerSeesItsMomentAndSeeks) {
  written(
      {.writes = {put(head("a"), "1"), put(head("b/1"), "1"), put(head("b/2"), "1"), put(head("c"), "1")}});
  auto scanner = store_->scanner(Table::Heads, "", "");
  ASSERT_TRUE(scanner);
  written({.writes = {put(head("b/3"), "2"), erase(head("c"))}});
  EXPECT_EQ((**scanner->next()).key, "a");
  EXPECT_EQ((**scanner->next()).key, "b/1");
  scanner->seek("b0");
  EXPECT_EQ((**scanner->next()).key, "c");
  EXPECT_FALSE(*scanner->next());
  EXPECT_FALSE(*scanner->next());
  scanner->seek("b/2");
  EXPECT_EQ((**scanner->next()).key, "b/2");
  EXPECT_EQ((**scanner->next()).key, "c");
}

TEST_F(StoreTest, BodiesJournalsAndCountersAreNotReadByKey) {
  for (auto table : {Table::Bodies, Table::Journal, Table::Counters}) {
    EXPECT_EQ(store_->look_up({table, "k"}).error().code, Code::InvalidInput);
    EXPECT_EQ(store_->scan(table, "", "", 1).error().code, Code::InvalidInput);
    EXPECT_EQ(store_->scanner(table, "", "").error().code, Code::InvalidInput);
  }
  for (auto table : {Table::Journal, Table::Counters}) {
    EXPECT_EQ(commit(*store_, {.writes = {put({table, "k"}, "v")}}).error().code, Code::InvalidInput);
    EXPECT_EQ(commit(*store_, {.guards = {{{table, "k"}, 0, 0}}}).error().code, Code::InvalidInput);
  }
}

TEST_F(StoreTest, AnInlineBodyOpensWithAReadAccess) {
  written({.writes = {put({Table::Bodies, "k"}, "body"), put({Table::Bodies, "empty"}, "")}});
  auto body = store_->fetch_body("k");
  ASSERT_TRUE(body && body->exists());
  written({.writes = {erase({Table::Bodies, "k"})}});
  EXPECT_EQ(as_text(body->bytes(StoreTestPeer::read_access())), "body");
  EXPECT_FALSE(store_->fetch_body("k")->exists());
  EXPECT_EQ(store_->fetch_body("empty")->bytes(StoreTestPeer::read_access()).size(), 0u);
}

TEST_F(StoreTest, CountersAddAndStayAtTheirEnds) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  struct Row {
    std::int64_t amount, sum;
  };
  for (auto [amount, sum] : {Row{5, 5}, Row{-7, -2}, Row{kMost, kMost - 2}, Row{kMost, kMost},
                             Row{-1, kMost - 1}, Row{kLeast, -2}, Row{kLeast, kLeast}, Row{-1, kLeast}}) {
    written({.deltas = {{"b/sum", amount}}});
    EXPECT_EQ(*store_->counter("b/sum"), sum);
    reopen();
    EXPECT_EQ(*store_->counter("b/sum"), sum);
  }
  written({.deltas = {{"b/twice", 1}, {"b/twice", 2}, {"a", 1}, {"c", 1}}});
  using Sums = std::vector<std::pair<std::string, std::int64_t>>;
  EXPECT_EQ(*store_->counters("b/"), (Sums{{"b/sum", kLeast}, {"b/twice", 3}}));
  EXPECT_EQ(*store_->counter("never"), 0);
}

TEST_F(StoreTest, JournalsHaveNoGapsAndKeepTheirOrder) {
  const crypto::Sha256Digest leaf{1, 2, 3};
  auto first = commit(*store_, {.records = {{7, leaf, "7.0"}, {9, leaf, "9.0"}, {7, leaf, "7.1"}}});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->journal_indexes, (std::vector<std::uint64_t>{0, 0, 1}));
  reopen();
  auto second = commit(*store_, {.records = {{7, leaf, "7.2"}}});
  EXPECT_EQ(second->journal_indexes, (std::vector<std::uint64_t>{2}));

  EXPECT_EQ(store_->journal_size(7), 3u);
  EXPECT_EQ(store_->journal_size(8), 0u);
  const auto sizes = store_->journal_sizes();
  ASSERT_EQ(sizes.size(), 2u);
  EXPECT_EQ(sizes[1].slot, 9u);
  EXPECT_EQ(sizes[1].size, 1u);
  struct Row {
    std::uint64_t from;
    std::size_t limit;
    std::string found;
  };
  for (const auto& [from, limit, found] : {Row{0, 9, "7.0 7.1 7.2 "}, Row{1, 1, "7.1 "},
                                           Row{2, SIZE_MAX, "7.2 "}, Row{3, 9, ""}, Row{9, 9, ""}}) {
    std::string all;
    auto records = store_->scan_journal(7, from, limit);
    ASSERT_TRUE(records);
    for (const auto& record : *records) {
      all += record.bytes + " ";
      EXPECT_EQ(record.leaf, leaf);
    }
    EXPECT_EQ(all, found) << from;
  }
}

TEST_F(StoreTest, ADirectoryIsOpenedOnce) {
  auto again = Store::open({.directory = scratch_.path()});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::Unavailable);
}

}  // namespace
}  // namespace vitrine::store
