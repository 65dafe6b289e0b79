// kill -9 at any moment: what was acknowledged is there, and nothing is there by halves.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <chrono>
#include <map>
#include <random>
#include <thread>

#include "store/child_process.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

constexpr std::uint32_t kWorkers = 6;
constexpr std::uint64_t kSegmentEvery = 4;
constexpr std::size_t kSegmentBytes = 70'000;

/// Small buffers, so that files are written, merged and dropped all the time.
Options options(const std::filesystem::path& directory) {
  return {.directory = directory, .write_buffer_bytes = 256 << 10, .extent_bytes = 8 << 20};
}

/// What a worker's commit number `step` is acknowledged with, as the child reports it to its parent.
struct Acknowledgement {
  std::uint32_t worker;
  std::uint32_t has_segment;
  std::uint64_t step;
  SegmentId segment;
};
static_assert(sizeof(Acknowledgement) <= 512, "a pipe takes it whole or not at all");

Bytes segment_body(std::uint32_t worker, std::uint64_t step) {
  Bytes body(kSegmentBytes, static_cast<std::uint8_t>(worker + step));
  body[step % kSegmentBytes] ^= 0xff;
  return body;
}

std::string worker_name(std::uint32_t worker) {
  return "worker" + std::to_string(worker);
}

/// Each step writes a head, a body, a counter and a record: they agree, or the commit was not atomic.
Commit step_commit(std::uint32_t worker, std::uint64_t step, const Entry& head) {
  return {.guards = {head.guard(Table::Heads)},
          .writes = {{{Table::Heads, head.key}, std::to_string(step)},
                     {{Table::Bodies, head.key}, std::string(2'000, static_cast<char>(step))}},
          .deltas = {{head.key, 1}},
          .records = {{worker, {}, std::to_string(step)}}};
}

Task<void> write_for_ever(Store& store, std::uint32_t worker) {
  for (;;) {
    const auto head = store.look_up({Table::Heads, worker_name(worker)});
    const auto step = (head->exists() ? std::stoull(head->value) : 0) + 1;
    auto change = step_commit(worker, step, *head);
    Acknowledgement report{worker, 0, step, {}};
    if (step % kSegmentEvery == 0) {
      const auto body = segment_body(worker, step);
      const auto writer = store.new_segment(test_keys().current(), kSegmentBytes);
      auto appended = co_await writer->append(body);
      auto segment = co_await writer->finish();
      if (!appended || !segment) _exit(3);
      report.has_segment = 1;
      report.segment = segment->id();
      change.adopts.push_back(*segment);
    }
    auto position = co_await store.commit(StoreTestPeer::commit_access(), std::move(change));
    if (!position || position->journal_indexes.front() != step - 1) _exit(4);
    if (::write(kReportDescriptor, &report, sizeof report) != sizeof report) _exit(5);
  }
}

void write_until_killed(const std::filesystem::path& directory) {
  auto store = *Store::open(options(directory));
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < 2; ++t)
    threads.emplace_back([&store, t] {
      boost::asio::io_context io(1);
      for (auto worker = t; worker < kWorkers; worker += 2)
        boost::asio::co_spawn(io, write_for_ever(*store, worker), boost::asio::detached);
      io.run();
    });
  for (auto& thread : threads) thread.join();
}
const auto* const kWriter =
    testing::AddGlobalTestEnvironment(new ChildRoutine("write until killed", write_until_killed));

struct Acknowledged {
  std::map<std::uint32_t, std::uint64_t> last_step;
  std::vector<Acknowledgement> segments;
};

/// Everything that the child managed to report.
void collect(int pipe, Acknowledged& acknowledged) {
  Acknowledgement report;
  while (::read(pipe, &report, sizeof report) == sizeof report) {
    acknowledged.last_step[report.worker] = report.step;
    if (report.has_segment != 0) acknowledged.segments.push_back(report);
  }
}

void verify(Store& store, Acknowledged& acknowledged) {
  for (auto& [worker, step] : acknowledged.last_step) {
    const auto name = worker_name(worker);
    const auto head = store.look_up({Table::Heads, name});
    ASSERT_TRUE(head && head->exists());
    const auto reached = std::stoull(head->value);
    EXPECT_GE(reached, step) << "an acknowledged commit was lost";
    EXPECT_LE(reached, step + 1) << "each worker has one commit under way at most";
    EXPECT_EQ(*store.counter(name), static_cast<std::int64_t>(reached));
    auto body = store.fetch_body(name);
    ASSERT_TRUE(body && body->exists());
    EXPECT_EQ(body->bytes(StoreTestPeer::read_access())[0], static_cast<std::uint8_t>(reached));
    const auto records = store.scan_journal(worker, 0, SIZE_MAX);
    ASSERT_TRUE(records);
    ASSERT_EQ(records->size(), reached);
    for (std::size_t i = 0; i < records->size(); ++i) EXPECT_EQ((*records)[i].bytes, std::to_string(i + 1));
    step = reached;
  }
  for (const auto& report : acknowledged.segments)
    EXPECT_EQ(*run(read_segment(store, report.segment, kSegmentBytes)),
              segment_body(report.worker, report.step));
}

TEST(Crash, AcknowledgedCommitsSurviveKillAtAnyMoment) {
  ScratchDirectory scratch;
  std::mt19937 random(std::random_device{}());
  Acknowledged acknowledged;
  for (int round = 0; round < 20; ++round) {
    int pipe[2];
    ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
    fcntl(pipe[0], F_SETPIPE_SZ, 1 << 20);
    const auto child = start_child("write until killed", scratch.path(), pipe[1]);
    ::close(pipe[1]);
    pollfd readable{pipe[0], POLLIN, 0};
    // Now and then the store is killed while it opens.
    ::poll(&readable, 1, round % 4 == 3 ? static_cast<int>(random() % 100) : -1);
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 250));
    kill(child, SIGKILL);
    const auto status = wait_for_child(child);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the child gave up with " << WEXITSTATUS(status);
    collect(pipe[0], acknowledged);
    ::close(pipe[0]);

    auto store = Store::open(options(scratch.path()));
    ASSERT_TRUE(store) << store.error().message;
    verify(**store, acknowledged);
    if (HasFatalFailure()) break;
  }
  EXPECT_EQ(acknowledged.last_step.size(), kWorkers) << "too little was written to show anything";
}

}  // namespace
}  // namespace vitrine::store
