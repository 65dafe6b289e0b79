// Every file operation of the engine fails once in turn: the answer is right, nothing acknowledged is lost,
// and the store recovers by itself.
#include "store/every_call.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "store/extent.h"
#include "store/frames.h"
#include "store/memory_disk.h"
#include "store/store.h"
#include "store/store_test_peer.h"
#include "store/table_file.h"

/// RocksDB 7.8.3 loses a memtable that was made for nothing, when the log that goes with it cannot be made.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:rocksdb::DBImpl::SwitchMemtable";
}

namespace vitrine::store {
namespace {

/// Small buffers, so that tables are written and merged.
Options options(MemoryDisk& disk) {
  return {.directory = "/disk", .write_buffer_bytes = 128 << 10, .extent_bytes = 2 << 20, .files = &disk};
}

constexpr int kSteps = 24;
/// Journal 2 keeps so many records: the others are trimmed away.
constexpr int kKept = 3;
constexpr std::size_t kSegmentBytes = 150'000, kBallastBytes = 250'000;

bool has_segment(int step) {
  return step % 3 == 0;
}
/// Most go soon, so that some extents are worth emptying.
bool is_released_by(int step, int by) {
  return has_segment(step) && step % 18 != 0 && by == step + 2;
}

Bytes body_of(int step) {
  return Bytes(kSegmentBytes, static_cast<std::uint8_t>(step + 1));
}

/// A fixed run of the whole engine, by somebody who tries again what failed.
class Script {
 public:
  explicit Script(MemoryDisk& disk) : disk_(disk) {}

  void run() {
    open();
    for (int step = 0; step < kSteps && store_ && !testing::Test::HasFatalFailure(); ++step) {
      take(step);
      if (step % 5 == 4) look_back(step);
      if (step % 7 == 6) tidy_up();
      if (step % 8 == 7) copy(step);
      if (step % 9 == 8) erase_traces(step);
      if (step == kSteps / 2) {
        store_.reset();
        open();
      }
    }
  }

  /// Everything, by a store that was opened on a disk that works.
  void verify() {
    store_.reset();
    open();
    ASSERT_TRUE(store_);
    for (int step = 0; step < kSteps; ++step) EXPECT_TRUE(right(step)) << step;
    const auto records = store_->scan_journal(1, 0, SIZE_MAX);
    ASSERT_TRUE(records) << records.error().message;
    ASSERT_EQ(records->size(), static_cast<std::size_t>(kSteps));
    for (int step = 0; step < kSteps; ++step)
      EXPECT_EQ((*records)[static_cast<std::size_t>(step)].bytes, std::to_string(step));
    EXPECT_EQ(*store_->counter("steps"), kSteps);
    EXPECT_EQ(store_->journal_size(2), static_cast<std::uint64_t>(kSteps));
    EXPECT_EQ(store_->journal_front(2), static_cast<std::uint64_t>(kSteps - kKept));
    EXPECT_EQ(store_->scan_journal(2, kSteps - kKept, SIZE_MAX)->size(), static_cast<std::size_t>(kKept));
    EXPECT_EQ(store_->scan_journal(2, 0, 1).error().code, Code::RecordNotFound);
    const auto report = store_->check([](std::uint64_t) {});
    EXPECT_EQ(report.damages, 0u) << report.told.front().place << ": " << report.told.front().what;
    store_.reset();
  }

  /// Segments, by the compactor.
  [[nodiscard]] std::uint64_t moved() const { return moved_; }

 private:
  static std::string key(int step) { return "step " + std::to_string(step); }

  /// The fault comes once: the second try works.
  void open() {
    auto opened = Store::open(options(disk_));
    if (!opened) opened = Store::open(options(disk_));
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }

  Task<Result<Segment>> write_segment(Bytes body) {
    const auto writer = store_->new_segment(test_keys().current(), body.size());
    CO_TRY(co_await writer->append(body));
    auto segment = co_await writer->finish();
    co_return segment;
  }

  Result<Position> try_step(int step) {
    const auto head = TRY(store_->look_up({Table::Heads, key(step)}));
    Commit change{.guards = {head.guard(Table::Heads)},
                  .writes = {{{Table::Bodies, key(step)}, std::string(30'000, static_cast<char>(step))}},
                  .deltas = {{"steps", 1}},
                  .records = {{1, {}, std::to_string(step)}, {2, {}, std::to_string(step)}}};
    if (step >= kKept) change.trims = {{2, static_cast<std::uint64_t>(step + 1 - kKept)}};
    std::string value = "inline";
    for (const auto& id : ballast_) change.releases.emplace_back(id);
    if (has_segment(step)) {
      const auto segment = TRY(vitrine::store::run(write_segment(body_of(step))));
      value = std::string(as_text(segment.id()));
      change.adopts.push_back(segment);
      for (int i = 0; i < 2; ++i) {
        change.adopts.push_back(TRY(vitrine::store::run(write_segment(Bytes(kBallastBytes)))));
        ballast_.push_back(change.adopts.back().id());
      }
    }
    if (is_released_by(step - 2, step)) change.releases.emplace_back(id_of(step - 2));
    change.writes.push_back({{Table::Heads, key(step)}, value});
    return commit(*store_, std::move(change));
  }

  /// What fails is left for the next time.
  void tidy_up() {
    auto done = store_->compact();
    if (!done) {
      EXPECT_FALSE(disk_.failed_call().empty()) << "nothing had failed: " << done.error().message;
      wait_for_the_store();
      done = store_->compact();
    }
    EXPECT_TRUE(done) << done.error().message;
    store_->reclaim();
    if (done) moved_ += done->moved;
  }

  /// What may fail once, and works the next time.
  template <class Do>
  void insist(const char* what, const Do& once) {
    auto done = once();
    if (!done)
      EXPECT_FALSE(disk_.failed_call().empty()) << what << ": nothing had failed: " << done.error().message;
    // Tables that fail while nobody commits are noticed a little later.
    for (int waits = 0; !done && waits < 1'000; ++waits) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      done = once();
    }
    EXPECT_TRUE(done) << what << ": " << done.error().message;
  }

  /// Everything that a backup reads, of a state held still.
  Result<void> try_copy(int step) {
    const auto frozen = TRY(store_->freeze());
    if (!TRY(frozen->look_up({Table::Heads, key(step)})).exists()) return fail(Code::Corrupt, "a step lacks");
    for (const auto& file : TRY(frozen->files()))
      if (!file.table_id.empty())
        TRY(check_table_file(frozen->file_layer(), frozen->directory() / file.name));
    auto segments = frozen->segments();
    while (auto extent = TRY(segments.next()))
      for (const auto& segment : extent->segments) {
        Bytes stored(stored_length(segment.length));
        const auto file = TRY(frozen->extent(segment.location.extent));
        const auto got = TRY(file->file().read_at(segment.location.offset, stored));
        if (got < stored.size()) return fail(Code::DeviceFailed, "a segment is not all there");
      }
    return {};
  }
  void copy(int step) {
    insist("freezing", [&] { return try_copy(step); });
    insist("a look at everything", [&]() -> Result<void> {
      const auto report = store_->check([](std::uint64_t) {});
      if (report.damages == 0) return {};
      return fail(Code::DeviceFailed, report.told.front().place + ": " + report.told.front().what);
    });
  }

  /// A row that went leaves nothing behind.
  void erase_traces(int step) {
    const auto row = "row " + std::to_string(step);
    const auto secret = "a secret of step " + std::to_string(step);
    insist("a row", [&] { return commit(*store_, {.writes = {{{Table::Rows, row}, secret}}}); });
    insist("its end", [&] { return commit(*store_, {.writes = {{{Table::Rows, row}, std::nullopt}}}); });
    insist("erasing",
           [&] { return vitrine::store::run(store_->erase_traces(Table::Rows, row, row + '\xff')); });
    EXPECT_EQ(disk_.holders_of(secret), std::vector<std::string>());
  }

  void wait_for_the_store() {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!store_->takes_commits()) {
      ASSERT_LT(std::chrono::steady_clock::now(), patience) << store_->takes_commits().error().message;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  SegmentId id_of(int step) {
    SegmentId id{};
    const auto head = store_->look_up({Table::Heads, key(step)});
    if (head && head->value.size() == id.size()) std::ranges::copy(as_bytes(head->value), id.begin());
    return id;
  }

  /// Does the step exactly once, whatever it takes.
  void take(int step) {
    for (int tries = 0; tries < 4; ++tries) {
      const auto done = try_step(step);
      if (done) return;
      EXPECT_FALSE(disk_.failed_call().empty()) << "nothing had failed: " << done.error().message;
      wait_for_the_store();
      if (testing::Test::HasFatalFailure()) return;
      auto there = store_->look_up({Table::Heads, key(step)});
      if (!there) there = store_->look_up({Table::Heads, key(step)});
      ASSERT_TRUE(there) << there.error().message;
      if (!there->exists()) continue;
      EXPECT_EQ(done.error().code, Code::DeviceFailed) << "it took effect: " << done.error().message;
      return;
    }
    FAIL() << "step " << step << " does not succeed";
  }

  Task<Result<Bytes>> read_segment(SegmentId id) {
    auto reader = CO_TRY(
        co_await store_->open_segment(StoreTestPeer::read_access(), test_keys(), id, {0, kSegmentBytes}));
    Bytes all;
    while (reader.remaining() > 0) append(all, CO_TRY(co_await reader.next()));
    co_return all;
  }

  /// Whether a step's data are what was written. Errors: those of the reads; a wrong byte is none.
  Result<bool> try_right(int step) {
    const auto head = TRY(store_->look_up({Table::Heads, key(step)}));
    const auto body = TRY(store_->fetch_body(key(step)));
    if (!head.exists() || !body.exists()) return false;
    const auto bytes = body.bytes(StoreTestPeer::read_access());
    if (as_text(bytes) != std::string(30'000, static_cast<char>(step))) return false;
    const bool released = is_released_by(step, step + 2) && step + 2 < kSteps;
    if (!has_segment(step) || released) return true;
    return TRY(vitrine::store::run(read_segment(id_of(step)))) == body_of(step);
  }
  bool right(int step) {
    auto is_right = try_right(step);
    if (!is_right) is_right = try_right(step);
    EXPECT_TRUE(is_right) << is_right.error().message;
    return is_right && *is_right;
  }
  void look_back(int step) {
    for (int earlier = 0; earlier + 2 < step; ++earlier) EXPECT_TRUE(right(earlier)) << earlier;
  }

  MemoryDisk& disk_;
  std::unique_ptr<Store> store_;
  std::vector<SegmentId> ballast_;  ///< released by the next step
  std::uint64_t moved_ = 0;
};

TEST(EveryCall, FailsOnceAndTheStoreGoesOn) {
  MemoryDisk untouched;
  Script script(untouched);
  script.run();
  const auto calls = untouched.calls();
  script.verify();
  ASSERT_GT(calls, 200u);
  ASSERT_GT(script.moved(), 0u) << "the compactor has done nothing";

  fail_calls(calls, [](MemoryDisk& disk) {
    Script faulty(disk);
    faulty.run();
    disk.cancel_faults();
    if (!testing::Test::HasFatalFailure()) faulty.verify();
  });
}

}  // namespace
}  // namespace vitrine::store
