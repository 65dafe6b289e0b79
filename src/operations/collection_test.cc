// Nothing stays behind of what nobody can reach, and nothing goes that somebody can.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <thread>

#include "base/encoding.h"
#include "operations/collection_world.h"
#include "operations/data_keys.h"
#include "store/memory_disk.h"
#include "store/store_test_peer.h"

namespace vitrine::operations {
namespace {

TEST_F(CollectionTest, OverwrittenAndDeletedContentGoes) {
  for (auto size : {kSmall, kLarge, std::size_t{0}, kLarge, kSmall}) put("blob", size);
  collect();
  EXPECT_EQ(read("blob"), content("blob", kSmall));
  remove("blob");
  expect_nothing_left();
}

TEST_F(CollectionTest, TasksOfADestroyedAccountStandInNobodysWay) {
  put_block("blob", "AAAA", kLarge);
  commit_blocks("blob", {"AAAA"});
  remove("blob");
  auto exchange = operator_exchange(*world_.floors, world_.account(), "destroy", "127.0.0.1");
  ASSERT_TRUE(
      world_.run(destroy_data_keys(*world_.floors, world_.accounts, exchange, world_.account().name)));
  collect();
  EXPECT_TRUE(world_.store->scan(store::Table::State, "collect/", "collect0", 1)->empty());
}

TEST_F(CollectionTest, DamagedTasksStandInNobodysWay) {
  constexpr int kMoreThanAreLookedAtTogether = 300;
  store::Commit damaged;
  for (int i = 0; i < kMoreThanAreLookedAtTogether; ++i) {
    const auto due_long_ago = std::string(sizeof(std::uint64_t), '\0');
    auto key = blobs::first_task_key() + due_long_ago + fmt::format("{:016}", i);
    damaged.writes.push_back({{store::Table::State, std::move(key)}, "damaged"});
  }
  ASSERT_TRUE(store::commit(*world_.store, std::move(damaged)));
  put("blob", kLarge);
  remove("blob");
  collect();
  EXPECT_EQ(rows(), at_rest_ + kMoreThanAreLookedAtTogether);
}

TEST_F(CollectionTest, ALongListGoesInParts) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < 2 * blobs::kLetGoTogether + 100; ++i) {
    ids.push_back(to_base64(as_bytes(fmt::format("{:06}", i))));
    put_block("blob", ids.back(), 10);
  }
  commit_blocks("blob", ids);
  EXPECT_EQ(read("blob").size(), 10 * ids.size());
  remove("blob");
  expect_nothing_left();
}

TEST_F(CollectionTest, BlocksGoWhenNoListNamesThem) {
  put_block("blob", "AAAA", kLarge);
  put_block("blob", "AAAB", kSmall);
  put_block("blob", "AAAC", kLarge);
  put_block("blob", "AAAC", kSmall);
  commit_blocks("blob", {"AAAA", "AAAB", "AAAA"});
  collect();
  EXPECT_EQ(read("blob"), content("A", kLarge) + content("B", kSmall) + content("A", kLarge));
  put_block("blob", "AAAD", kLarge);
  commit_blocks("blob", {"AAAB", "AAAD"});
  collect();
  EXPECT_EQ(read("blob"), content("B", kSmall) + content("D", kLarge));
  remove("blob");
  expect_nothing_left();
}

TEST_F(CollectionTest, ManyDroppedBlocksGoToo) {
  std::vector<std::string> ids;
  for (char first = 'a'; first <= 'z'; ++first)
    for (char second = 'a'; second <= 'f'; ++second) ids.push_back(std::string("AA") + first + second);
  for (const auto& id : ids) put_block("blob", id, kSmall);
  commit_blocks("blob", ids);
  put_block("blob", "AAAA", kSmall);
  commit_blocks("blob", {"AAAA", ids.back()});
  collect();
  EXPECT_EQ(read("blob"), content("A", kSmall) + content(ids.back(), kSmall));
  put("blob", kSmall);
  remove("blob");
  expect_nothing_left();
}

TEST_F(CollectionTest, BlocksGoWithTheBlobThatIsPutOverThem) {
  put_block("blob", "AAAA", kLarge);
  put_block("blob", "AAAB", kSmall);
  put("blob", kSmall);
  collect();
  EXPECT_EQ(read("blob"), content("blob", kSmall));
  remove("blob");
  expect_nothing_left();
}

TEST_F(CollectionTest, AContainerGoesWithAllThatIsInIt) {
  for (int i = 0; i < 600; ++i) put("blob" + std::to_string(i), i % 100 == 0 ? kLarge : kSmall);
  put_block("listed", "AAAA", kLarge);
  put_block("listed", "AAAB", kSmall);
  commit_blocks("listed", {"AAAA", "AAAB"});
  put_block("listed", "AAAC", kLarge);
  put_block("uncommitted", "AAAC", kLarge);
  put_block("uncommitted", "AAAD", kSmall);
  remove_container("box");
  ASSERT_TRUE(create("box"));
  put("new", kLarge);
  collect();
  EXPECT_EQ(read("new"), content("new", kLarge));
  remove("new");
  expect_nothing_left();
}

TEST_F(CollectionTest, AContainerGoesWithMoreUploadsThanOneCommitEnds) {
  constexpr int kMany = 100;
  for (int i = 0; i < kMany; ++i) put_block("upload" + std::to_string(i), "AAAA", kSmall);
  remove_container("box");
  ASSERT_TRUE(create("box"));
  expect_nothing_left();
}

TEST_F(CollectionTest, AnAbandonedUploadGoesAfterAWeek) {
  using std::chrono::days;
  put_block("blob", "AAAA", kLarge);
  clock_.ahead = days(7);
  collect();
  commit_blocks("blob", {"AAAA"});
  clock_.ahead = days(9);
  collect();
  EXPECT_EQ(read("blob"), content("A", kLarge));
  put_block("blob", "AAAB", kLarge);
  collect();
  auto exchange = world_.request();
  const auto lists = world_.run(get_block_list(*world_.floors, exchange, {world_.blob("box", "blob"), {}}));
  EXPECT_TRUE(lists->uncommitted.empty()) << "the week has passed for the collector's clock";
  remove("blob");
  expect_nothing_left();
}

/// What takes the blocks away from under a read, of which it is the one argument.
using Change = void (*)(CollectionTest&);
class ReadDuring : public CollectionTest, public testing::WithParamInterface<Change> {};

TEST_P(ReadDuring, AReadEndsWithWhatItBeganWith) {
  put_block("blob", "AAAA", kSmall);
  put_block("blob", "AAAB", kLarge);
  put_block("blob", "AAAC", kSmall);
  commit_blocks("blob", {"AAAA", "AAAB", "AAAC"});
  std::optional<BlobAnswer> answer = std::move(get("blob").value());
  GetParam()(*this);

  std::optional<std::string> body;
  auto reading = [&]() -> Task<void> {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                    std::chrono::milliseconds(100));
    co_await timer.async_wait(boost::asio::use_awaitable_t<boost::asio::io_context::executor_type>{});
    body = (co_await read_all(answer->body)).value();
    answer.reset();
  };
  auto collecting = [&]() -> Task<void> {
    blobs::Collector collector(*world_.store, *world_.ledger, *world_.data_keys, clock_);
    EXPECT_GT((co_await collector.collect(100)).value(), 0u);
    EXPECT_TRUE(body.has_value()) << "the collection did not wait for the read";
  };
  world_.run_together(reading(), collecting());
  EXPECT_EQ(body, content("A", kSmall) + content("B", kLarge) + content("C", kSmall));
  remove("blob");
  expect_nothing_left();
}

struct Disk {
  store::MemoryDisk disk;
};
class OnAFailingDisk : private Disk, public CollectionTest {
 protected:
  OnAFailingDisk() : CollectionTest({.directory = "/disk", .extent_bytes = 4 << 20, .files = &disk}) {}

  /// Takes no writes until told otherwise: the store closes its tables and tries to open them.
  void break_disk(bool on) { disk.set_read_only(on); }
};

TEST_F(OnAFailingDisk, CollectionGoesOnWhenTheStoreHasOpenedItsTablesAgain) {
  for (int i = 0; i < 40; ++i) put("blob" + std::to_string(i), i % 4 == 0 ? kLarge : kSmall);
  for (int i = 0; i < 200; ++i) put_block("upload" + std::to_string(i), "AAAA", kSmall);
  remove_container("box");
  ASSERT_TRUE(create("box"));
  put("stays", kLarge);
  std::atomic<bool> is_over = false;
  std::thread breaking([&] {
    for (bool on = true; !is_over; on = !on) {
      break_disk(on);
      std::this_thread::sleep_for(std::chrono::milliseconds(on ? 5 : 20));
    }
    break_disk(false);
  });
  int refused = 0;
  blobs::Collector collector(*world_.store, *world_.ledger, *world_.data_keys, clock_);
  for (const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(3);
       std::chrono::steady_clock::now() < until;) {
    const auto commits = world_.run(collector.collect(1));
    if (commits) continue;
    const auto code = commits.error().code;
    EXPECT_TRUE(code == Code::DeviceFailed || code == Code::Unavailable) << commits.error().message;
    ++refused;
  }
  is_over = true;
  breaking.join();
  while (!world_.store->takes_commits()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_GT(refused, 0) << "nothing was shown";
  EXPECT_GT(world_.store->activity().recoveries, 0u);
  collect();
  EXPECT_EQ(read("stays"), content("stays", kLarge));
  remove("stays");
  expect_nothing_left();
}

INSTANTIATE_TEST_SUITE_P(Changes, ReadDuring,
                         testing::Values([](CollectionTest& test) { test.put("blob", kLarge); },
                                         [](CollectionTest& test) {
                                           test.put_block("blob", "AAAD", kSmall);
                                           test.commit_blocks("blob", {"AAAA", "AAAD"});
                                         }));

}  // namespace
}  // namespace vitrine::operations
