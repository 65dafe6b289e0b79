// A file system that turns read-only, as one does that has found damage of its own: nothing is acknowledged
// any more, what was acknowledged can be read, and everything goes on once writes are taken again.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <thread>
#include <vector>

#include "store/memory_disk.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

constexpr std::size_t kSegmentBytes = 100'000;
constexpr std::uint64_t kReserve = 8 << 20;

class ReadOnlyDisk : public testing::TestWithParam<std::uint64_t> {
 protected:
  ReadOnlyDisk() { disk_.set_capacity(256 << 20); }

  Options options() {
    return {.directory = "/disk",
            .write_buffer_bytes = 256 << 10,
            .extent_bytes = 1 << 20,
            .reserve_bytes = GetParam(),
            .files = &disk_};
  }
  void open() {
    store_.reset();
    auto opened = Store::open(options());
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  static std::string name(int number) { return "blob " + std::to_string(number); }
  static Bytes body(int number) { return Bytes(kSegmentBytes, static_cast<std::uint8_t>(number)); }

  Result<void> try_put(int number) {
    const auto segment = TRY(run(write_segment(*store_, body(number))));
    TRY(commit(*store_, {.writes = {{{Table::Heads, name(number)}, std::string(as_text(segment.id()))},
                                    {{Table::Bodies, name(number)}, std::string(20'000, 'x')}},
                         .deltas = {{"puts", 1}},
                         .records = {{1, {}, name(number)}},
                         .adopts = {segment}}));
    return {};
  }
  void put(int from, int to) {
    for (int number = from; number < to; ++number) {
      const auto done = try_put(number);
      ASSERT_TRUE(done) << done.error().message;
    }
  }
  void wait_for_the_store() {
    for (int waits = 0; !store_->takes_commits() && waits < 1'000; ++waits)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ASSERT_TRUE(store_->takes_commits()) << store_->takes_commits().error().message;
  }
  /// Whether all of them are there, as they were put.
  void expect_all(int count) {
    for (int number = 0; number < count; ++number) {
      const auto head = store_->look_up({Table::Heads, name(number)});
      ASSERT_TRUE(head && head->exists()) << number;
      EXPECT_TRUE(store_->fetch_body(name(number))->exists()) << number;
      SegmentId id{};
      std::ranges::copy(as_bytes(head->value), id.begin());
      const auto bytes = run(read_segment(*store_, id, kSegmentBytes));
      ASSERT_TRUE(bytes) << bytes.error().message;
      EXPECT_EQ(*bytes, body(number));
    }
  }

  MemoryDisk disk_;
  std::unique_ptr<Store> store_;
};

TEST_P(ReadOnlyDisk, TakesNothingGivesWhatItHasAndRecoversByItself) {
  open();
  put(0, 30);
  disk_.set_read_only(true);
  const auto refused = commit(*store_, {.deltas = {{"puts", 1}}, .records = {{1, {}, "lost"}}});
  ASSERT_FALSE(refused);
  // Tables may have failed before it.
  EXPECT_TRUE(refused.error().code == Code::DeviceFailed || refused.error().code == Code::Unavailable);
  for (int again = 0; again < 5; ++again) {
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    const auto record = commit(*store_, {.records = {{1, {}, "lost"}}});
    ASSERT_FALSE(record) << "even a read leaves a record";
    EXPECT_EQ(record.error().code, Code::Unavailable);
    EXPECT_NE(record.error().message.find("Read-only file system"), std::string::npos)
        << record.error().message;
    EXPECT_FALSE(try_put(100));
  }
  EXPECT_EQ(run(write_segment(*store_, body(1))).error().code, Code::DeviceFailed);
  EXPECT_FALSE(store_->freeze());
  EXPECT_FALSE(store_->compact().has_value() && store_->compact()->moved > 0);
  store_->reclaim();
  expect_all(30);

  disk_.set_read_only(false);
  wait_for_the_store();
  put(30, 40);
  expect_all(40);
  // What was answered with an unknown outcome is there whole or not at all.
  const auto puts = *store_->counter("puts");
  EXPECT_TRUE(puts == 40 || puts == 41) << puts;
  EXPECT_EQ(store_->journal_size(1), static_cast<std::uint64_t>(puts));
  EXPECT_TRUE(store_->freeze());
  open();
  expect_all(40);
  EXPECT_EQ(store_->check([](std::uint64_t) {}).damages, 0u);
}

TEST_P(ReadOnlyDisk, AStoreIsNotOpenedOnIt) {
  open();
  put(0, 10);
  store_.reset();
  const auto before = disk_.files();
  disk_.set_read_only(true);
  for (int again = 0; again < 2; ++again) {
    const auto refused = Store::open(options());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::DeviceFailed);
    EXPECT_NE(refused.error().message.find("Read-only file system"), std::string::npos)
        << refused.error().message;
  }
  EXPECT_EQ(disk_.files(), before);
  disk_.set_read_only(false);
  open();
  expect_all(10);
}

TEST_P(ReadOnlyDisk, AServerThatIsStoppedMeanwhileHasLostNothing) {
  open();
  put(0, 20);
  disk_.set_read_only(true);
  EXPECT_FALSE(try_put(20));
  store_.reset();
  disk_.set_read_only(false);
  open();
  expect_all(20);
  EXPECT_EQ(store_->check([](std::uint64_t) {}).damages, 0u);
}

/// The tables lie on another disk.
TEST(ReadOnlyExtents, AreReadAlsoAfterARestart) {
  MemoryDisk disk;
  const Options options{.directory = "/disk",
                        .extent_directories = {"/failing", "/sound"},
                        .extent_bytes = 1 << 20,
                        .files = &disk};
  auto store = Store::open(options).value();
  const auto put = [&] {
    auto segment = run(write_segment(*store, Bytes(kSegmentBytes, 'x'))).value();
    EXPECT_TRUE(commit(*store, {.adopts = {segment}}));
    return segment.id();
  };
  std::vector<SegmentId> ids(8);
  std::ranges::generate(ids, put);
  // A crash leaves an extent that nothing is in, and room set aside.
  const auto left_over = disk.create("/failing/00000000000000ff.extent");
  store.reset();
  disk.set_read_only_below("/failing");
  store = Store::open(options).value();
  for (const auto& id : ids) EXPECT_TRUE(run(read_segment(*store, id, kSegmentBytes)));
  EXPECT_EQ(store->check([](std::uint64_t) {}).damages, 0u);
  // The other disk takes what comes.
  std::ranges::generate_n(std::back_inserter(ids), 4, put);
  const auto first = ids.front();
  ASSERT_TRUE(commit(*store, {.releases = {BodyRef(first)}}));
  EXPECT_EQ(store->reclaim(), 0u);
  disk.set_read_only_below({});
  for (int waits = 0; store->activity().freed_bytes == 0 && waits < 3'000; ++waits)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_GT(store->activity().freed_bytes, 0u) << "room that was kept comes back by itself";
  store.reset();
  store = Store::open(options).value();
  for (std::size_t i = 1; i < ids.size(); ++i)
    EXPECT_TRUE(run(read_segment(*store, ids[i], kSegmentBytes))) << i;
}

/// Whether the commit took effect that failed when the disk turned read-only at a call.
bool takes_effect_in_spite(std::uint64_t call) {
  MemoryDisk disk;
  auto store =
      Store::open(
          {.directory = "/disk", .write_buffer_bytes = 1 << 20, .extent_bytes = 256 << 10, .files = &disk})
          .value();
  constexpr std::size_t kLarge = 300'000;  // an extent of its own
  auto segment = std::optional(run(write_segment(*store, Bytes(kLarge, 'a'))).value());
  const auto id = segment->id();
  // So that nobody writes to the first extent any more.
  for (int i = 0; i < 4; ++i) {
    const auto other = run(write_segment(*store, Bytes(kLarge, 'b'))).value();
    EXPECT_TRUE(commit(*store, {.adopts = {other}}));
  }
  disk.fail_call(call, Fault::ReadOnly);
  const auto done = commit(*store, {.writes = {{{Table::Heads, "a"}, "head"}}, .adopts = {*segment}});
  segment.reset();
  (void)store->compact();
  disk.set_read_only(false);
  store->reclaim();
  for (int waits = 0; !store->takes_commits() && waits < 1'000; ++waits)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const auto head = store->look_up({Table::Heads, "a"});
  if (!head || !head->exists()) return false;
  const auto bytes = run(read_segment(*store, id, kLarge));
  EXPECT_TRUE(bytes) << "at call " << call << ": " << bytes.error().message;
  return !done;
}

TEST(TurningReadOnly, ASegmentIsKeptWhileItIsUnknownWhetherItsCommitTookEffect) {
  int in_spite = 0;
  for (std::uint64_t call = 0; call < 6; ++call) in_spite += takes_effect_in_spite(call) ? 1 : 0;
  EXPECT_GT(in_spite, 0);
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutAReserve, ReadOnlyDisk, testing::Values(0, kReserve));

}  // namespace
}  // namespace vitrine::store
