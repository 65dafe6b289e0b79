// The power goes at any moment, and the disk keeps only what it promised: what was acknowledged is there,
// nothing is there by halves, and the commits are a prefix of those that were made.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <thread>

#include "store/memory_disk.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

constexpr std::uint32_t kWorkers = 4;
constexpr std::uint64_t kSegmentEvery = 4;
constexpr std::size_t kSegmentBytes = 70'000;
/// Goes as it comes, so that extents are worth emptying.
constexpr std::size_t kBallastBytes = 600'000;

Options options(MemoryDisk& disk) {
  return {.directory = "/disk", .write_buffer_bytes = 256 << 10, .extent_bytes = 1 << 20, .files = &disk};
}

std::string name_of(std::uint32_t worker) {
  return "worker" + std::to_string(worker);
}

Bytes segment_body(std::uint32_t worker, std::uint64_t step) {
  Bytes body(kSegmentBytes, static_cast<std::uint8_t>(worker + step));
  body[step % kSegmentBytes] ^= 0xff;
  return body;
}

/// A head's value: how far its worker came, and the segment that it holds.
std::string head_value(std::uint64_t step, std::string_view segment) {
  return std::to_string(step) + " " + std::string(segment);
}
std::uint64_t step_in(const Entry& head) {
  return head.exists() ? std::stoull(head.value) : 0;
}
std::string segment_in(const Entry& head) {
  return head.exists() ? head.value.substr(head.value.find(' ') + 1) : std::string();
}
SegmentId id_of(std::string_view text) {
  SegmentId id{};
  std::ranges::copy(as_bytes(text), id.begin());
  return id;
}

/// How far each worker's acknowledged steps go.
using Acknowledged = std::array<std::atomic<std::uint64_t>, kWorkers>;

/// Head, body, counter and record agree, or the commit was not atomic.
Task<Result<void>> take_step(Store& store, std::uint32_t worker, Acknowledged& acknowledged) {
  const auto name = name_of(worker);
  const auto head = CO_TRY(store.look_up({Table::Heads, name}));
  const auto step = step_in(head) + 1;
  auto segment = segment_in(head);
  Commit change{.guards = {head.guard(Table::Heads)},
                .writes = {{{Table::Bodies, name}, std::string(20'000, static_cast<char>(step))}},
                .deltas = {{name, 1}},
                .records = {{worker, {}, std::to_string(step)}}};
  if (step % kSegmentEvery == 0) {
    const auto written = CO_TRY(co_await write_segment(store, segment_body(worker, step)));
    if (!segment.empty()) change.releases.emplace_back(id_of(segment));
    change.adopts.push_back(written);
    change.adopts.push_back(CO_TRY(co_await write_segment(store, Bytes(kBallastBytes))));
    change.releases.emplace_back(change.adopts.back().id());
    segment = as_text(written.id());
  }
  change.writes.push_back({{Table::Heads, name}, head_value(step, segment)});
  CO_TRY(co_await store.commit(StoreTestPeer::commit_access(), std::move(change)));
  acknowledged[worker] = step;
  co_return Result<void>{};
}

Task<void> work(Store& store, MemoryDisk& disk, std::uint32_t worker, Acknowledged& acknowledged) {
  while (!disk.power_is_cut())
    if (auto done = co_await take_step(store, worker, acknowledged); !done) {
      EXPECT_TRUE(disk.power_is_cut()) << done.error().message;
      break;
    }
}

/// The segment of a head, read after everything was tidied up: what the pin was made for is still there.
Result<void> read_across_compaction(Store& store, std::uint32_t worker) {
  const auto pin = store.pin();
  const auto head = TRY(store.look_up({Table::Heads, name_of(worker)}));
  const auto segment = segment_in(head);
  const auto place = segment.empty() ? std::nullopt : TRY(store.place(id_of(segment)));
  TRY(store.compact());
  store.reclaim();
  // Another worker step may have taken it between the two look-ups.
  if (!place) return {};
  auto reader =
      TRY(run(store.open_segment(StoreTestPeer::read_access(), test_keys(), *place, {0, kSegmentBytes})));
  const auto bytes = TRY(run(read_all(reader)));
  EXPECT_EQ(bytes, segment_body(worker, step_in(head) / kSegmentEvery * kSegmentEvery));
  return {};
}

void tidy_until_cut(Store& store, MemoryDisk& disk) {
  for (std::uint32_t turn = 0; !disk.power_is_cut(); ++turn)
    if (auto done = read_across_compaction(store, turn % kWorkers); !done) {
      EXPECT_TRUE(disk.power_is_cut()) << done.error().message;
      break;
    }
}

void work_until_cut(Store& store, MemoryDisk& disk, Acknowledged& acknowledged, bool tidies) {
  std::vector<std::thread> threads;
  if (tidies) threads.emplace_back([&] { tidy_until_cut(store, disk); });
  for (std::uint32_t t = 0; t < 2; ++t)
    threads.emplace_back([&, t] {
      boost::asio::io_context io(1);
      for (auto worker = t; worker < kWorkers; worker += 2)
        boost::asio::co_spawn(io, work(store, disk, worker, acknowledged), boost::asio::detached);
      io.run();
    });
  for (auto& thread : threads) thread.join();
}

/// `moves`: the commits so far that moved segments, which are more when more may have been made.
void verify(Store& store, Acknowledged& acknowledged, Version& moves, bool more_moves) {
  std::uint64_t commits = 0;
  for (std::uint32_t worker = 0; worker < kWorkers; ++worker) {
    const auto name = name_of(worker);
    const auto head = store.look_up({Table::Heads, name});
    ASSERT_TRUE(head) << head.error().message;
    const auto reached = step_in(*head);
    commits += reached;
    EXPECT_GE(reached, acknowledged[worker]) << "an acknowledged commit was lost";
    EXPECT_LE(reached, acknowledged[worker] + 1) << "each worker has one commit under way at most";
    acknowledged[worker] = reached;
    EXPECT_EQ(*store.counter(name), static_cast<std::int64_t>(reached));
    const auto records = store.scan_journal(worker, 0, SIZE_MAX);
    ASSERT_TRUE(records) << records.error().message;
    ASSERT_EQ(records->size(), reached);
    for (std::size_t i = 0; i < reached; ++i) EXPECT_EQ((*records)[i].bytes, std::to_string(i + 1));
    if (reached == 0) continue;
    const auto body = store.fetch_body(name);
    ASSERT_TRUE(body && body->exists());
    EXPECT_EQ(body->bytes(StoreTestPeer::read_access())[0], static_cast<std::uint8_t>(reached));
    const auto segment = segment_in(*head);
    if (segment.empty()) continue;
    const auto step = reached / kSegmentEvery * kSegmentEvery;
    const auto bytes = run(read_segment(store, id_of(segment), kSegmentBytes));
    ASSERT_TRUE(bytes) << bytes.error().message;
    EXPECT_EQ(*bytes, segment_body(worker, step));
  }
  if (more_moves) {
    EXPECT_GE(store.version(), commits + moves);
    moves = store.version() - commits;
  }
  EXPECT_EQ(store.version(), commits + moves) << "a commit is missing in front of one that is there";
  const auto report = store.check([](std::uint64_t) {});
  EXPECT_EQ(report.damages, 0u) << report.told.front().place << ": " << report.told.front().what;
}

/// VITRINE_POWER_CUTS says how many, VITRINE_SEED which ones.
std::uint64_t number(const char* variable, std::uint64_t otherwise) {
  const char* value = getenv(variable);
  return value ? std::stoull(value) : otherwise;
}

TEST(PowerCut, KeepsWhatWasAcknowledgedAndNothingByHalves) {
  const auto seed = static_cast<std::uint32_t>(number("VITRINE_SEED", std::random_device{}()));
  SCOPED_TRACE("VITRINE_SEED=" + std::to_string(seed));
  std::mt19937 random(seed);
  MemoryDisk disk;
  Acknowledged acknowledged{};
  Version moves = 0;
  for (auto cuts = number("VITRINE_POWER_CUTS", 20); cuts > 0; --cuts) {
    // Now and then while the store opens, or shortly after.
    disk.cut_power(random() % (random() % 4 == 0 ? 100 : 1'500));
    const bool tidies = random() % 2 == 0;
    if (auto store = Store::open(options(disk)); store)
      work_until_cut(**store, disk, acknowledged, tidies);
    else
      EXPECT_TRUE(disk.power_is_cut()) << store.error().message;
    disk.restore_power(random);

    auto store = Store::open(options(disk));
    ASSERT_TRUE(store) << store.error().message;
    verify(**store, acknowledged, moves, tidies);
    if (HasFailure()) break;
  }
  for (const auto& step : acknowledged) EXPECT_GT(step, 10u) << "too little was written to show anything";
  EXPECT_GT(moves, 0u) << "nothing was ever moved";
}

}  // namespace
}  // namespace vitrine::store
