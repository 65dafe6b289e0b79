#include "operations/turns.h"

#include <gtest/gtest.h>

#include <atomic>

#include "operations/containers.h"
#include "operations/settle.h"
#include "operations/test_world.h"

namespace vitrine::operations {
namespace {

constexpr int kClients = 64, kPuts = 20;

void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

TEST(Turns, OneHasTheTurnAndAllGetIt) {
  Turns turns;
  std::atomic<int> inside = 0, most = 0, done = 0;
  boost::asio::io_context io(1);
  auto body = [&]() -> Task<void> {
    for (int i = 0; i < kPuts; ++i) {
      const auto turn = co_await turns.take("hot");
      most = std::max<int>(most, ++inside);
      co_await yield();
      --inside;
      ++done;
    }
  };
  for (int client = 0; client < kClients; ++client) boost::asio::co_spawn(io, body(), rethrow);
  io.run();
  EXPECT_EQ(most, 1);
  EXPECT_EQ(done, kClients * kPuts);
  EXPECT_FALSE(turns.is_taken("hot"));
}

TEST(Turns, AWaiterThatIsGoneDoesNotKeepTheTurn) {
  Turns turns;
  boost::asio::io_context io(1);
  std::optional<Turns::Turn> first;
  auto take = [&](std::optional<Turns::Turn>& out) -> Task<void> { out.emplace(co_await turns.take("hot")); };
  boost::asio::co_spawn(io, take(first), rethrow);
  io.run();
  {
    boost::asio::io_context gone(1);
    std::optional<Turns::Turn> never;
    boost::asio::co_spawn(gone, take(never), rethrow);
    gone.poll();
  }
  std::optional<Turns::Turn> last;
  boost::asio::co_spawn(io, take(last), rethrow);
  io.restart();
  io.poll();
  EXPECT_FALSE(last);
  first.reset();
  io.restart();
  io.run();
  EXPECT_TRUE(last);
  last.reset();
  EXPECT_FALSE(turns.is_taken("hot"));
}

TEST(Turns, ManyWritersOfOneBlobAllSucceed) {
  TestWorld world("turns");
  auto own = world.request();
  ASSERT_TRUE(world.run(create_container(*world.floors, own, {world.container("box"), {}})));
  int refused = 0;
  auto body = [&]() -> Task<void> {
    for (int i = 0; i < kPuts; ++i) {
      auto exchange = world.request();
      TextInput text("content");
      const PutBlob request{.blob = world.blob("box", "hot"), .length = 7};
      if (!co_await put_blob(*world.floors, exchange, request, text)) ++refused;
    }
  };
  boost::asio::io_context io(1);
  for (int client = 0; client < kClients; ++client) boost::asio::co_spawn(io, body(), rethrow);
  io.run();
  EXPECT_EQ(refused, 0);
  EXPECT_LT(world.store->activity().guard_failures, (kFreeAttempts + 2) * kClients * kPuts)
      << "without turns, each commit would fail all others of its round";
}

}  // namespace
}  // namespace vitrine::operations
