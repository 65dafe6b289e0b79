// Compiles and runs every coroutine idiom in use, under AddressSanitizer in CI: compilers have had bugs here.
#include <gtest/gtest.h>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <stdexcept>
#include <thread>

#include "base/error.h"
#include "base/task.h"

namespace vitrine {
namespace {

constexpr boost::asio::use_awaitable_t<boost::asio::io_context::executor_type> kAwait{};

template <class T>
T run_on(boost::asio::io_context& io, Task<T> task) {
  std::optional<T> out;
  boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr failure, T value) {
    ASSERT_FALSE(failure);
    out.emplace(std::move(value));
  });
  io.run();
  return std::move(*out);
}

template <class T>
T run(Task<T> task) {
  boost::asio::io_context io(1);
  return run_on(io, std::move(task));
}

struct MoveOnly {
  explicit MoveOnly(std::string text) : text(std::make_unique<std::string>(std::move(text))) {}
  std::unique_ptr<std::string> text;
};

struct Options {
  std::string name;
  std::vector<std::string> values;
};

Task<void> hop() {
  co_await boost::asio::post(co_await boost::asio::this_coro::executor, kAwait);
}

Task<Result<MoveOnly>> make(bool good) {
  co_await hop();
  if (!good) co_return fail(Code::BlobNotFound, std::string(100, 'x'));
  co_return MoveOnly(std::string(100, 'y'));
}

Task<Result<std::string>> chain(bool good) {
  auto first = CO_TRY(co_await make(true));
  auto second = CO_TRY(co_await make(good));
  co_return *first.text + *second.text;
}

TEST(Coroutine, CoTryMovesTheValueOutAndReturnsTheErrorEarly) {
  EXPECT_EQ(run(chain(true))->size(), 200u);
  auto failed = run(chain(false));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::BlobNotFound);
  EXPECT_EQ(failed.error().message.size(), 100u);
}

Task<Result<std::size_t>> count(Options options) {
  co_await hop();
  co_return options.name.size() + options.values.size();
}

Task<Result<std::size_t>> braces() {
  auto direct = CO_TRY(co_await count({.name = std::string(64, 'n'), .values = {"a", "b"}}));
  auto nested = CO_TRY(co_await count(Options{std::string(64, 'n'), {std::string(64, 'v')}}));
  co_return direct + nested;
}

TEST(Coroutine, BracedTemporariesInACoAwaitAreDestroyedOnce) {
  EXPECT_EQ(*run(braces()), 64u + 2 + 64 + 1);
}

Task<Result<int>> lambda_with_captures() {
  auto shared = std::make_shared<int>(41);
  // The closure outlives the coroutine it makes: it is a named variable of this frame.
  auto body = [shared]() -> Task<Result<int>> {
    co_await hop();
    co_return *shared + 1;
  };
  co_return CO_TRY(co_await body());
}

TEST(Coroutine, ANamedLambdaKeepsItsCaptures) {
  EXPECT_EQ(*run(lambda_with_captures()), 42);
}

Task<Result<int>> loop() {
  int sum = 0;
  for (int i = 0; i < 1000; ++i) {
    auto part = co_await make(i % 10 != 9);
    if (part) ++sum;
  }
  co_return sum;
}

TEST(Coroutine, ALoopOfAwaitsLeaksNothing) {
  EXPECT_EQ(*run(loop()), 900);
}

template <class Attempt>
auto until_settled(Attempt& attempt) -> decltype(attempt()) {
  for (int left = 5; left > 0; --left) {
    auto result = co_await attempt();
    if (result || result.error().code != Code::StateChanged) co_return result;
    co_await hop();
  }
  co_return fail(Code::ServerBusy, std::string(100, 'b'));
}

Task<Result<std::string>> settle(int failures) {
  auto attempt = [&failures, text = std::string(100, 't')]() -> Task<Result<std::string>> {
    co_await hop();
    if (failures-- > 0) co_return fail(Code::StateChanged, text);
    co_return text;
  };
  co_return co_await until_settled(attempt);
}

TEST(Coroutine, ATemplateAwaitsANamedCallableAgainAndAgain) {
  EXPECT_EQ(run(settle(3))->size(), 100u);
  EXPECT_EQ(run(settle(5)).error().code, Code::ServerBusy);
}

Task<void> lane(int& steps, std::shared_ptr<int> held, int fail_at = -1) {
  for (int i = 0; i < 10; ++i) {
    co_await hop();
    if (i == fail_at) throw std::runtime_error(std::string(100, 'e'));
    ++steps;
  }
  *held = steps;
}

Task<void> lanes(int& steps, std::shared_ptr<int> held, int count) {
  using boost::asio::experimental::awaitable_operators::operator&&;
  if (count > 1)
    co_await (lane(steps, held) && lanes(steps, held, count - 1));
  else
    co_await lane(steps, held);
}

Task<Result<int>> all_lanes(int count) {
  int steps = 0;
  auto held = std::make_shared<int>(0);
  co_await lanes(steps, held, count);
  EXPECT_EQ(held.use_count(), 1) << "every frame is gone when the last lane ends";
  co_return *held;
}

TEST(Coroutine, LanesRunSideBySideAndEndTogether) {
  EXPECT_EQ(*run(all_lanes(4)), 40);
}

Task<Result<std::string>> caught() {
  int steps = 0;
  auto held = std::make_shared<int>(0);
  std::string what;
  try {
    co_await lane(steps, held, 3);
  } catch (const std::runtime_error& failure) {
    what = failure.what();
  }
  EXPECT_EQ(held.use_count(), 1) << "the frame that threw is gone";
  co_await hop();
  co_return what;
}

TEST(Coroutine, AnExceptionComesThroughACoAwait) {
  EXPECT_EQ(run(caught())->size(), 100u);
}

Task<Result<int>> caught_beside_another() {
  using boost::asio::experimental::awaitable_operators::operator&&;
  int steps = 0;
  auto held = std::make_shared<int>(0);
  try {
    co_await (lane(steps, held) && lane(steps, held, 3));
  } catch (const boost::asio::multiple_exceptions& both) {
    EXPECT_THROW(std::rethrow_exception(both.first_exception()), std::runtime_error);
  }
  EXPECT_EQ(held.use_count(), 1) << "both frames are gone";
  co_return steps;
}

TEST(Coroutine, AnExceptionCancelsTheLaneBeside) {
  EXPECT_LT(*run(caught_beside_another()), 10);
}

/// As a commit waits for the committer: another thread completes the handler, on the handler's own context.
Task<Result<std::string>> from_thread(std::jthread& thread) {
  auto begin = [&thread](auto handler, std::string text) {
    auto guard = boost::asio::make_work_guard(boost::asio::get_associated_executor(handler));
    thread = std::jthread(
        [guard = std::move(guard), handler = std::move(handler), text = std::move(text)]() mutable {
          boost::asio::post(guard.get_executor(),
                            [handler = std::move(handler), text = std::move(text)]() mutable {
                              std::move(handler)(Result<std::string>(std::move(text)));
                            });
        });
  };
  auto result = co_await boost::asio::async_initiate<decltype(kAwait), void(Result<std::string>)>(
      std::move(begin), kAwait, std::string(100, 't'));
  co_return result;
}

TEST(Coroutine, AnotherThreadCompletesAHandler) {
  for (int i = 0; i < 100; ++i) {
    boost::asio::io_context io(1);
    std::jthread thread;
    EXPECT_EQ(run_on(io, from_thread(thread))->size(), 100u);
  }
}

struct Threads {
  std::thread::id at_work, afterwards;
};

Task<Result<std::string>> work_elsewhere(std::string text, Threads& threads) {
  co_await hop();
  threads.at_work = std::this_thread::get_id();
  co_return text + text;
}

/// As a receipt is built on the sealer's context.
Task<Result<std::string>> ask(boost::asio::io_context& other, Threads& threads) {
  auto doubled =
      CO_TRY(co_await boost::asio::co_spawn(other, work_elsewhere(std::string(100, 't'), threads), kAwait));
  threads.afterwards = std::this_thread::get_id();
  co_return doubled;
}

TEST(Coroutine, WorkOnAnotherContextComesBackToItsOwn) {
  boost::asio::io_context io(1), other(1);
  auto open = boost::asio::make_work_guard(other);
  std::jthread thread([&] { other.run(); });
  for (int i = 0; i < 100; ++i) {
    Threads threads;
    EXPECT_EQ(run_on(io, ask(other, threads))->size(), 200u);
    EXPECT_EQ(threads.at_work, thread.get_id());
    EXPECT_EQ(threads.afterwards, std::this_thread::get_id());
    io.restart();
  }
  open.reset();
}

Task<void> sleep(std::shared_ptr<int> held) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, std::chrono::hours(1));
  co_await timer.async_wait(kAwait);
  *held = 1;
}

Task<void> sleep_side_by_side(std::shared_ptr<int> held) {
  using boost::asio::experimental::awaitable_operators::operator&&;
  co_await hop();
  co_await (sleep(held) && sleep(held));
}

TEST(Coroutine, SuspendedFramesGoWithTheirContext) {
  auto held = std::make_shared<int>(0);
  for (auto* make : {sleep, sleep_side_by_side}) {
    {
      boost::asio::io_context io(1);
      boost::asio::co_spawn(io, make(held), boost::asio::detached);
      io.poll();
      EXPECT_GT(held.use_count(), 1);
    }
    EXPECT_EQ(held.use_count(), 1);
    EXPECT_EQ(*held, 0);
  }
}

}  // namespace
}  // namespace vitrine
