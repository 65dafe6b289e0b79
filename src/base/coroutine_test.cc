// Compiles and runs every coroutine idiom in use, under AddressSanitizer in CI: compilers have had bugs here.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>

#include "base/error.h"
#include "base/task.h"

namespace vitrine {
namespace {

template <class T>
T run(Task<T> task) {
  boost::asio::io_context io(1);
  std::optional<T> out;
  boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr failure, T value) {
    ASSERT_FALSE(failure);
    out.emplace(std::move(value));
  });
  io.run();
  return std::move(*out);
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
  auto executor = co_await boost::asio::this_coro::executor;
  co_await boost::asio::post(executor, boost::asio::use_awaitable_t<decltype(executor)>{});
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

}  // namespace
}  // namespace vitrine
