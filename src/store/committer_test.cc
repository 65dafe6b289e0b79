#include "store/committer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <thread>

#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

using boost::asio::detached;

const Key kRegister{Table::Heads, "register"};

/// Adds one to a number under a key by guard and retry, as every operation does, and records what it made.
Task<void> increment(Store& store, int times, std::atomic<int>& conflicts) {
  for (int done = 0; done < times;) {
    const auto entry = store.look_up(kRegister);
    const auto next = (entry->exists() ? std::stoi(entry->value) : 0) + 1;
    auto position =
        co_await store.commit(StoreTestPeer::commit_access(), {.guards = {entry->guard(Table::Heads)},
                                                               .writes = {{kRegister, std::to_string(next)}},
                                                               .deltas = {{"sum", 1}},
                                                               .records = {{3, {}, std::to_string(next)}}});
    if (position) {
      ++done;
      EXPECT_EQ(position->journal_indexes.front() + 1, static_cast<std::uint64_t>(next));
    } else {
      EXPECT_EQ(position.error().code, Code::StateChanged);
      ++conflicts;
    }
  }
}

TEST(Committer, RacingCommitsEndInOneOrder) {
  constexpr int kThreads = 3, kCoroutines = 8, kTimes = 25;
  ScratchDirectory scratch;
  auto store = *Store::open({.directory = scratch.path()});
  std::atomic<int> conflicts = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&] {
      boost::asio::io_context io(1);
      for (int c = 0; c < kCoroutines; ++c)
        boost::asio::co_spawn(io, increment(*store, kTimes, conflicts), detached);
      io.run();
    });
  for (auto& thread : threads) thread.join();

  constexpr int kTotal = kThreads * kCoroutines * kTimes;
  EXPECT_EQ(store->look_up(kRegister)->value, std::to_string(kTotal));
  EXPECT_EQ(*store->counter("sum"), kTotal);
  const auto records = store->scan_journal(3, 0, SIZE_MAX);
  ASSERT_EQ(records->size(), static_cast<std::size_t>(kTotal));
  for (int i = 0; i < kTotal; ++i)
    EXPECT_EQ((*records)[static_cast<std::size_t>(i)].bytes, std::to_string(i + 1));
  EXPECT_GT(conflicts, 0) << "nothing raced, so nothing was shown";
  EXPECT_LT(store->activity().rounds, static_cast<std::uint64_t>(kTotal + conflicts));
}

TEST(Committer, CommitsOfOneRoundSeeEachOther) {
  ScratchDirectory scratch;
  auto store = *Store::open({.directory = scratch.path()});
  boost::asio::io_context io(1);
  std::vector<Result<Position>> results;
  // Enqueued in one go from one thread: most share a round, and each relies on the key's absence.
  for (int i = 0; i < 50; ++i)
    boost::asio::co_spawn(
        io,
        store->commit(StoreTestPeer::commit_access(),
                      {.guards = {{kRegister, 0, 0}}, .writes = {{kRegister, std::to_string(i)}}}),
        [&](std::exception_ptr, Result<Position> result) { results.push_back(std::move(result)); });
  io.run();
  EXPECT_EQ(std::ranges::count_if(results, &Result<Position>::has_value), 1);
  EXPECT_EQ(store->look_up(kRegister)->value, "0");
}

TEST(Committer, AKeyThatManyGuardsNameIsReadAgainOnlyAfterAChange) {
  ScratchDirectory scratch;
  auto store = *Store::open({.directory = scratch.path()});
  const auto holds = [&](Version version) {
    // As whoever found it long ago names it: nothing tells when.
    return commit(*store, {.guards = {{kRegister, version, 0}}, .records = {{1, {}, "r"}}}).has_value();
  };
  const auto reads = [&] { return store->activity().guard_reads; };
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(holds(0));
  EXPECT_EQ(reads(), 1u);

  const auto written = commit(*store, {.writes = {{kRegister, "1"}}})->version;
  EXPECT_FALSE(holds(0));
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(holds(1));
  EXPECT_TRUE(holds(written));
  EXPECT_EQ(reads(), 2u);

  ASSERT_TRUE(commit(*store, {.writes = {{kRegister, std::nullopt}}}));
  EXPECT_FALSE(holds(written));
  EXPECT_TRUE(holds(0));
  EXPECT_EQ(reads(), 3u);
}

TEST(Committer, AScanSeesWhatIsInFrontOfItInTheJournalAndNothingBehind) {
  constexpr int kCommits = 200, kScanEvery = 7;
  ScratchDirectory scratch;
  auto store = *Store::open({.directory = scratch.path()});
  boost::asio::io_context io(1);
  std::vector<Position> scans;
  // Enqueued in one go: many puts and scans wait together. A put's key is the index of its record.
  for (int i = 0; i < kCommits; ++i) {
    const bool is_scan = i % kScanEvery == 0 || i % kScanEvery == 1;
    Commit commit{.records = {{1, {}, "r"}}};
    if (is_scan)
      commit.scans = {{Table::Heads, "", "z"}, {Table::Rows, "", ""}};
    else
      commit.writes = {{{Table::Heads, fmt::format("{:04}", i)}, "value"}};
    boost::asio::co_spawn(io, store->commit(StoreTestPeer::commit_access(), std::move(commit)),
                          [&, i](std::exception_ptr, Result<Position> result) {
                            ASSERT_TRUE(result);
                            EXPECT_EQ(result->journal_indexes.front(), static_cast<std::uint64_t>(i));
                            if (!result->scanners.empty()) scans.push_back(std::move(*result));
                          });
  }
  io.run();
  ASSERT_EQ(scans.size(), 58u);
  for (auto& scan : scans) {
    ASSERT_EQ(scan.scanners.size(), 2u);
    std::vector<std::string> seen, expected;
    while (const auto entry = *scan.scanners.front().next()) seen.emplace_back(entry->key);
    const auto index = static_cast<int>(scan.journal_indexes.front());
    for (int i = 0; i < index; ++i)
      if (i % kScanEvery > 1) expected.push_back(fmt::format("{:04}", i));
    EXPECT_EQ(seen, expected) << "at " << index;
    EXPECT_FALSE(*scan.scanners.back().next());
  }
  EXPECT_LT(store->activity().rounds, 100u) << "they do not wait together";
}

TEST(Committer, AScanNeitherWritesNorReadsBodies) {
  ScratchDirectory scratch;
  auto store = *Store::open({.directory = scratch.path()});
  for (Commit refused : {Commit{.writes = {{kRegister, "1"}}, .scans = {{Table::Heads, "", ""}}},
                         Commit{.scans = {{Table::Bodies, "", ""}}}}) {
    const auto result = commit(*store, std::move(refused));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::InvalidInput);
  }
}

TEST(Committer, AFullQueueRefusesEarly) {
  ScratchDirectory scratch;
  for (const bool by_bytes : {false, true}) {
    Options options{.directory = scratch.path()};
    if (by_bytes)
      options.queue_bytes = 100'000;
    else
      options.queue_commits = 3;
    auto store = *Store::open(options);
    boost::asio::io_context io(1);
    int committed = 0, refused = 0;
    for (int i = 0; i < 200; ++i)
      boost::asio::co_spawn(
          io, store->commit(StoreTestPeer::commit_access(), {.records = {{1, {}, std::string(30'000, 'r')}}}),
          [&](std::exception_ptr, Result<Position> result) {
            if (result)
              ++committed;
            else if (result.error().code == Code::ServerBusy)
              ++refused;
          });
    io.run();
    EXPECT_EQ(committed + refused, 200);
    EXPECT_GE(committed, 3);
    EXPECT_GT(refused, 0);
    EXPECT_TRUE(commit(*store, {.records = {{1, {}, "r"}}})) << "the queue has room again";
    EXPECT_TRUE(commit(*store, {.records = {{1, {}, std::string(200'000, 'r')}}})) << "none waits";
  }
}

TEST(Committer, WhatIsQueuedAtTheEndIsCommitted) {
  ScratchDirectory scratch;
  boost::asio::io_context io(1);
  auto store = *Store::open({.directory = scratch.path()});
  for (int i = 0; i < 100; ++i)
    boost::asio::co_spawn(io, store->commit(StoreTestPeer::commit_access(), {.records = {{1, {}, "r"}}}),
                          [](std::exception_ptr, Result<Position> result) { EXPECT_TRUE(result); });
  io.poll();
  store.reset();
  io.run();
  store = *Store::open({.directory = scratch.path()});
  EXPECT_EQ(store->journal_size(1), 100u);
}

}  // namespace
}  // namespace vitrine::store
