#include "app/housekeeping.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"

namespace vitrine::app {
namespace {

/// So many commits at a time, then a pause that leaves the disk to the requests.
constexpr std::size_t kCommitsAtOnce = 32;
constexpr std::size_t kTasksAtOnce = 1024;
constexpr std::chrono::milliseconds kBetween{10}, kIdle{1000}, kAfterError{5000};

}  // namespace

Housekeeping::~Housekeeping() {
  stop();
}

void Housekeeping::start() {
  boost::asio::co_spawn(io_, run(), boost::asio::detached);
  thread_ = std::thread([this] { io_.run(); });
}

void Housekeeping::stop() {
  if (!thread_.joinable()) return;
  io_.stop();
  thread_.join();
}

Task<void> Housekeeping::run() {
  constexpr boost::asio::use_awaitable_t<boost::asio::io_context::executor_type> await{};
  for (;;) {
    const auto commits = co_await collector_.collect(kCommitsAtOnce);
    if (!commits) log::warn("dead rows were not collected; they wait", {{"error", commits.error().message}});
    commits_ += commits.value_or(0);
    const auto looked = co_await expiry_.run(kTasksAtOnce);
    if (!looked) log::warn("expired blobs wait", {{"error", looked.error().message}});
    pause_.expires_after(!commits ? kAfterError : *commits > 0 ? kBetween : kIdle);
    co_await pause_.async_wait(boost::asio::as_tuple(await));
  }
}

}  // namespace vitrine::app
