#include "http/lane.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vitrine::http {
namespace {

constexpr std::chrono::milliseconds kSweepInterval{250};

}  // namespace

Task<void> Lane::sweep() {
  Timer timer(co_await boost::asio::this_coro::executor);
  timer_ = &timer;
  while (!ended_) {
    boost::system::error_code ignored;
    timer.expires_after(kSweepInterval);
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable_t<Executor>{}, ignored));
    const auto now = std::chrono::steady_clock::now();
    for (auto* transport : transports_) transport->expire(now);
  }
  timer_ = nullptr;
}

void Lane::end() {
  ended_ = true;
  if (timer_) timer_->cancel();
}

void Lane::drain() {
  draining_ = true;
  for (auto* transport : transports_) {
    if (transport->is_idle()) transport->cut();
  }
}

void Lane::cut_all() {
  for (auto* transport : transports_) transport->cut();
}

}  // namespace vitrine::http
