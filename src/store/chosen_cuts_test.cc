// The power goes at each call that a compaction, a journal's trimming or the beginning of an extent makes:
// what was acknowledged is there, and the next try does what is left to do.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <random>

#include "store/every_call.h"
#include "store/memory_disk.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

constexpr std::size_t kSegmentBytes = 60'000, kBallastBytes = 700'000;
constexpr int kSegments = 6;
constexpr std::uint64_t kRecords = 40, kSlot = 3;

Options options(MemoryDisk& disk) {
  return {.directory = "/disk", .write_buffer_bytes = 128 << 10, .extent_bytes = 1 << 20, .files = &disk};
}
Bytes body_of(int number) {
  return Bytes(kSegmentBytes, static_cast<std::uint8_t>(number + 1));
}

/// What somebody was told is stored, before the power went.
struct Told {
  const MemoryDisk* disk = nullptr;  ///< whose copy is what the cut leaves
  std::map<int, SegmentId> segments;
  std::uint64_t front = 0;  ///< of the journal; it may have come further, up to `asked`
  std::uint64_t asked = 0;

  [[nodiscard]] bool in_time() const { return disk == nullptr || !disk->is_copied(); }
};

Result<void> put(Store& store, Told& told, int number, bool length_is_known = true) {
  const auto known = length_is_known ? std::optional<std::uint64_t>(kSegmentBytes) : std::nullopt;
  const auto write = [&]() -> Task<Result<Segment>> {
    const auto writer = store.new_segment(test_keys().current(), known);
    CO_TRY(co_await writer->append(body_of(number)));
    auto segment = co_await writer->finish();
    co_return segment;
  };
  const auto segment = TRY(run(write()));
  TRY(commit(store, {.writes = {{{Table::Heads, std::to_string(number)}, std::string(as_text(segment.id()))}},
                     .adopts = {segment}}));
  if (told.in_time()) told.segments[number] = segment.id();
  return {};
}

Result<void> trim(Store& store, Told& told, std::uint64_t up_to) {
  told.asked = up_to;
  TRY(commit(store,
             {.writes = {{{Table::Bodies, "filler"}, std::string(50'000, 'x')}}, .trims = {{kSlot, up_to}}}));
  if (told.in_time()) told.front = up_to;
  return {};
}

/// Nearly empty extents, and a journal.
void prepare(MemoryDisk& disk, Told& told) {
  const auto store = Store::open(options(disk)).value();
  for (int number = 0; number < kSegments; ++number) {
    ASSERT_TRUE(put(*store, told, number));
    const auto ballast = run(write_segment(*store, Bytes(kBallastBytes))).value();
    ASSERT_TRUE(commit(*store, {.adopts = {ballast}}));
    ASSERT_TRUE(commit(*store, {.releases = {ballast.id()}}));
  }
  for (std::uint64_t index = 0; index < kRecords; ++index)
    ASSERT_TRUE(commit(*store, {.records = {{kSlot, {}, std::to_string(index)}}}));
}

void verify(Store& store, const Told& told) {
  for (const auto& [number, id] : told.segments) {
    const auto bytes = run(read_segment(store, id, kSegmentBytes));
    ASSERT_TRUE(bytes) << number << ": " << bytes.error().message;
    EXPECT_EQ(*bytes, body_of(number));
  }
  EXPECT_EQ(store.journal_size(kSlot), kRecords);
  const auto front = store.journal_front(kSlot);
  EXPECT_GE(front, told.front) << "an acknowledged trim was lost";
  EXPECT_LE(front, told.asked);
  const auto records = store.scan_journal(kSlot, front, SIZE_MAX);
  ASSERT_TRUE(records) << records.error().message;
  ASSERT_EQ(records->size(), kRecords - front);
  for (std::size_t i = 0; i < records->size(); ++i) EXPECT_EQ((*records)[i].bytes, std::to_string(front + i));
  if (front > 0) EXPECT_EQ(store.scan_journal(kSlot, front - 1, 1).error().code, Code::RecordNotFound);
  const auto report = store.check([](std::uint64_t) {});
  EXPECT_EQ(report.damages, 0u) << report.told.front().place << ": " << report.told.front().what;
}

using Work = std::function<Result<void>(Store&, Told&)>;

/// Cuts the power at calls of the work, and of the store's end after it; does it again afterwards. The calls
/// are a sample that differs from run to run.
void cut_in(const Work& work) {
  constexpr std::uint64_t kSample = 15;
  MemoryDisk prepared;
  Told told_first;
  prepare(prepared, told_first);
  if (testing::Test::HasFatalFailure()) return;
  const auto calls_of_all = [&] {
    const auto disk = prepared.clone();
    auto told = told_first;
    auto store = Store::open(options(*disk)).value();
    const auto before = disk->calls();
    EXPECT_TRUE(work(*store, told));
    store.reset();
    return disk->calls() - before;
  };
  const auto calls = calls_of_all();
  ASSERT_GT(calls, kSample) << "too little is done to show anything";
  std::random_device seed;
  std::uint64_t cuts = 0;
  const auto step = stride(calls, kSample);
  for (auto at = seed() % step; at < calls && !testing::Test::HasFailure(); at += step) {
    SCOPED_TRACE("cut at call " + std::to_string(at));
    auto disk = prepared.clone();
    auto told = told_first;
    auto store = Store::open(options(*disk)).value();
    told.disk = disk.get();
    disk->copy_at(at, seed());
    const auto done = work(*store, told);
    EXPECT_TRUE(done) << done.error().message;
    store.reset();
    told.disk = nullptr;
    auto left = disk->take_copy();
    if (!left) continue;
    disk = std::move(left);
    ++cuts;
    for (int again = 0; again < 2; ++again) {
      auto opened = Store::open(options(*disk));
      ASSERT_TRUE(opened) << opened.error().message;
      verify(**opened, told);
      if (testing::Test::HasFatalFailure()) return;
      const auto repeated = work(**opened, told);
      ASSERT_TRUE(repeated) << repeated.error().message;
      verify(**opened, told);
    }
  }
  EXPECT_GE(cuts, 10u);
  std::cout << calls << " calls, " << cuts << " cuts\n";
}

TEST(ChosenCuts, InACompaction) {
  std::uint64_t moved = 0;
  cut_in([&](Store& store, Told&) -> Result<void> {
    const auto done = TRY(store.compact());
    moved += done.moved;
    store.reclaim();
    return {};
  });
  EXPECT_GT(moved, 0u) << "nothing was ever moved";
}

TEST(ChosenCuts, InAJournalsTrimming) {
  cut_in([](Store& store, Told& told) -> Result<void> {
    for (auto up_to = told.front; up_to <= kRecords; up_to += 8) TRY(trim(store, told, up_to));
    return {};
  });
}

TEST(ChosenCuts, WhileExtentsBeginAndRoomIsSetAsideInThem) {
  cut_in([](Store& store, Told& told) -> Result<void> {
    const auto first = kSegments + static_cast<int>(told.segments.size());
    for (int number = first; number < first + 4; ++number) TRY(put(store, told, number, number % 2 == 0));
    return {};
  });
}

}  // namespace
}  // namespace vitrine::store
