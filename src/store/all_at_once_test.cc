// Everything that the engine does, at once, on a disk that takes no writes now and then: for ThreadSanitizer
// above all.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include "store/memory_disk.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

constexpr std::size_t kSegmentBytes = 70'000, kBallastBytes = 400'000;
constexpr std::uint32_t kWriters = 3;
constexpr std::uint64_t kRecordsKept = 5;
constexpr std::chrono::seconds kRun{4}, kPatience{60};
constexpr std::chrono::milliseconds kGood{250}, kBad{40};

Bytes body_of(std::uint32_t writer, std::uint64_t step) {
  return Bytes(kSegmentBytes, static_cast<std::uint8_t>(16 * writer + step));
}
std::string name_of(std::uint32_t writer, std::uint64_t step) {
  return "writer " + std::to_string(writer) + " step " + std::to_string(step);
}

class AllAtOnce : public testing::Test {
 protected:
  AllAtOnce() {
    store_ =
        Store::open(
            {.directory = "/disk", .write_buffer_bytes = 256 << 10, .extent_bytes = 1 << 20, .files = &disk_})
            .value();
  }

  /// Repeats something until the end; what fails must be the disk's fault.
  template <class Do>
  void repeat(const char* what, const Do& once) {
    ++not_done_;
    threads_.emplace_back([this, what, once] {
      bool done = false;
      while (!over_) {
        const auto result = once();
        if (result && !std::exchange(done, true)) --not_done_;
        if (result) continue;
        const auto code = result.error().code;
        // A step whose outcome was unknown may turn out to have been taken.
        EXPECT_TRUE(code == Code::DeviceFailed || code == Code::Unavailable || code == Code::StateChanged)
            << what << ": " << name(code) << ": " << result.error().message;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    });
  }

  /// Each step holds a segment and lets go of one before it, so that extents are worth emptying.
  Result<void> write(std::uint32_t writer, std::uint64_t& step) {
    const auto key = name_of(writer, step);
    const auto head = TRY(store_->look_up({Table::Heads, key}));
    // An answer of unknown outcome may have been a success.
    if (head.exists()) return acknowledge(writer, step, head);
    const auto segment = TRY(run(write_segment(*store_, body_of(writer, step))));
    const auto ballast = TRY(run(write_segment(*store_, Bytes(kBallastBytes))));
    Commit change{.guards = {head.guard(Table::Heads)},
                  .writes = {{{Table::Heads, key}, std::string(as_text(segment.id()))},
                             {{Table::Bodies, key}, std::string(20'000, 'x')}},
                  .deltas = {{"steps", 1}},
                  .records = {{writer, {}, key}},
                  .adopts = {segment, ballast},
                  .releases = {ballast.id()}};
    const auto size = store_->journal_size(writer);
    if (size > kRecordsKept) change.trims = {{writer, size - kRecordsKept}};
    TRY(commit(*store_, std::move(change)));
    return acknowledge(writer, step, TRY(store_->look_up({Table::Heads, key})));
  }
  Result<void> acknowledge(std::uint32_t writer, std::uint64_t& step, const Entry& head) {
    std::lock_guard lock(mutex_);
    auto& id = acknowledged_[{writer, step++}];
    std::ranges::copy(as_bytes(head.value), id.begin());
    return {};
  }

  Result<void> read(std::mt19937& random) {
    std::pair<std::uint32_t, std::uint64_t> which;
    SegmentId id{};
    {
      std::lock_guard lock(mutex_);
      if (acknowledged_.empty()) return {};
      const auto at = std::next(acknowledged_.begin(), static_cast<long>(random() % acknowledged_.size()));
      std::tie(which, id) = *at;
    }
    EXPECT_EQ(TRY(run(read_segment(*store_, id, kSegmentBytes))), body_of(which.first, which.second));
    EXPECT_TRUE(TRY(store_->fetch_body(name_of(which.first, which.second))).exists());
    return {};
  }

  Result<void> copy() {
    const auto frozen = TRY(store_->freeze());
    TRY(frozen->files());
    auto segments = frozen->segments();
    while (TRY(segments.next())) {
    }
    return {};
  }

  Result<void> tidy_up() {
    store_->reclaim();
    TRY(store_->compact());
    return {};
  }

  void run_all() {
    for (std::uint32_t writer = 0; writer < kWriters; ++writer)
      repeat("writing",
             [this, writer, step = std::make_shared<std::uint64_t>()] { return write(writer, *step); });
    for (std::uint32_t reader = 0; reader < 2; ++reader)
      repeat("reading", [this, random = std::make_shared<std::mt19937>(reader)] { return read(*random); });
    repeat("listing", [this]() -> Result<void> {
      TRY(store_->scan(Table::Heads, "", "z", SIZE_MAX));
      return {};
    });
    repeat("copying", [this] { return copy(); });
    repeat("tidying up", [this] { return tidy_up(); });
    repeat("checking", [this]() -> Result<void> {
      (void)store_->check([](std::uint64_t) {});
      TRY(store_->stored_bytes());
      return {};
    });
    repeat("erasing", [this] { return run(store_->erase_traces(Table::Rows, "row", "row")); });
    const auto end = std::chrono::steady_clock::now() + kRun;
    while (std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(kGood);
      disk_.set_read_only(true);
      std::this_thread::sleep_for(kBad);
      disk_.set_read_only(false);
    }
    // A slow machine gets to the rest on a disk that works.
    while (not_done_ > 0 && std::chrono::steady_clock::now() < end + kPatience)
      std::this_thread::sleep_for(kGood);
    over_ = true;
    for (auto& thread : threads_) thread.join();
  }

  MemoryDisk disk_;
  std::unique_ptr<Store> store_;
  std::vector<std::thread> threads_;
  std::atomic<int> not_done_ = 0;  ///< of what is repeated: never, so far
  std::atomic<bool> over_ = false;
  std::mutex mutex_;
  std::map<std::pair<std::uint32_t, std::uint64_t>, SegmentId> acknowledged_;
};

TEST_F(AllAtOnce, NothingAcknowledgedIsLost) {
  run_all();
  EXPECT_EQ(not_done_, 0) << "something never succeeded";
  for (int waits = 0; !store_->takes_commits() && waits < 500; ++waits)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  ASSERT_TRUE(store_->takes_commits());
  EXPECT_GT(store_->activity().recoveries, 2u);
  EXPECT_GT(acknowledged_.size(), 3u);
  EXPECT_GE(*store_->counter("steps"), static_cast<std::int64_t>(acknowledged_.size()));
  for (const auto& [which, id] : acknowledged_) {
    const auto bytes = run(read_segment(*store_, id, kSegmentBytes));
    ASSERT_TRUE(bytes) << bytes.error().message;
    EXPECT_EQ(*bytes, body_of(which.first, which.second));
  }
  const auto report = store_->check([](std::uint64_t) {});
  EXPECT_EQ(report.damages, 0u) << report.told.front().place << ": " << report.told.front().what;
}

}  // namespace
}  // namespace vitrine::store
