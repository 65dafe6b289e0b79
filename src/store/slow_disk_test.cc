// A disk whose syncs take long: what cannot be queued is refused at once, nothing is acknowledged early, and
// everything is taken again when the disk is fast.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <thread>

#include "store/passing_files.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// What the syncs of the metadata log take.
struct Slowness {
  std::atomic<milliseconds> pause{milliseconds(0)};
  std::atomic<std::uint64_t> syncs = 0;
};

class SlowFile final : public PassingFile {
 public:
  SlowFile(std::unique_ptr<File> file, const std::filesystem::path& path, Slowness& slowness)
      : PassingFile(std::move(file)), is_log_(path.extension() == ".log"), slowness_(slowness) {}

  Result<void> sync() override {
    if (is_log_) std::this_thread::sleep_for(slowness_.pause.load());
    TRY(PassingFile::sync());
    if (is_log_) ++slowness_.syncs;
    return {};
  }

 private:
  const bool is_log_;
  Slowness& slowness_;
};

using SlowFiles = PassingFiles<SlowFile, Slowness>;

struct Answers {
  int committed = 0;
  int refused = 0;
  Clock::duration longest_refusal{};
};

/// So many clients at once, each with one commit.
Answers commit_at_once(Store& store, Slowness& slowness, int clients) {
  boost::asio::io_context io(1);
  Answers answers;
  const auto begin = Clock::now();
  const auto synced = slowness.syncs.load();
  for (int i = 0; i < clients; ++i)
    boost::asio::co_spawn(
        io, store.commit(StoreTestPeer::commit_access(), {.records = {{1, {}, std::string(1'000, 'r')}}}),
        [&](std::exception_ptr, Result<Position> result) {
          if (result) {
            ++answers.committed;
            EXPECT_GT(slowness.syncs, synced) << "it was acknowledged before any sync";
            return;
          }
          ++answers.refused;
          EXPECT_EQ(result.error().code, Code::ServerBusy) << result.error().message;
          answers.longest_refusal = std::max(answers.longest_refusal, Clock::now() - begin);
        });
  io.run();
  return answers;
}

TEST(SlowDisk, RefusesEarlyWhatItCannotQueueAndTakesAllWhenItIsFastAgain) {
  constexpr int kQueue = 20, kClients = 500, kWaves = 3;
  constexpr milliseconds kPause(500);
  ScratchDirectory scratch;
  SlowFiles files;
  auto store = *Store::open({.directory = scratch.path(), .queue_commits = kQueue, .files = &files});
  files.state.pause = kPause;
  std::uint64_t committed = 0;
  for (int wave = 0; wave < kWaves; ++wave) {
    const auto begin = Clock::now();
    const auto answers = commit_at_once(*store, files.state, kClients);
    const auto took = Clock::now() - begin;
    EXPECT_EQ(answers.committed + answers.refused, kClients);
    EXPECT_GE(answers.committed, kQueue);
    EXPECT_LE(answers.committed, 2 * kQueue) << "one round is written while the next one waits";
    EXPECT_LT(answers.longest_refusal, kPause) << "a refusal waits for no sync";
    EXPECT_GE(took, kPause);
    EXPECT_LT(took, 4 * kPause) << "nobody waits for more than two rounds";
    committed += static_cast<std::uint64_t>(answers.committed);
    EXPECT_EQ(store->journal_size(1), committed);
  }

  files.state.pause = milliseconds(0);
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(commit(*store, {.records = {{1, {}, "r"}}}));
  committed += 50;
  store.reset();
  store = *Store::open({.directory = scratch.path(), .files = &files});
  EXPECT_EQ(store->journal_size(1), committed);
}

/// Reads need no sync: they look at the last round that is durable.
TEST(SlowDisk, ShowsNothingThatIsNotDurable) {
  ScratchDirectory scratch;
  SlowFiles files;
  const auto store = *Store::open({.directory = scratch.path(), .files = &files});
  const Key key{Table::State, "key"};
  ASSERT_TRUE(commit(*store, {.writes = {{key, "old"}}}));
  files.state.pause = milliseconds(500);
  const auto synced = files.state.syncs.load();
  std::thread writer([&] { EXPECT_TRUE(commit(*store, {.writes = {{key, "new"}}})); });
  bool seen_new = false;
  for (const auto end = Clock::now() + milliseconds(2'000); !seen_new && Clock::now() < end;) {
    const auto version = store->version();
    seen_new = version == 2;
    if (seen_new) EXPECT_GT(files.state.syncs, synced) << "it was visible before it was durable";
  }
  EXPECT_TRUE(seen_new);
  writer.join();
}

}  // namespace
}  // namespace vitrine::store
