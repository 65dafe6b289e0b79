#include "http/lane.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vitrine::http {
namespace {

constexpr std::chrono::milliseconds kSweepInterval{250};

}  // namespace

Lane::Lane(boost::asio::io_context& context) : timer_(context) {}

Task<void> Lane::sweep() {
  while (!ended_) {
    boost::system::error_code ignored;
    timer_.expires_after(kSweepInterval);
    co_await timer_.async_wait(
        boost::asio::redirect_error(boost::asio::use_awaitable_t<Executor>{}, ignored));
    const auto now = std::chrono::steady_clock::now();
    for (auto* transport : transports_) transport->expire(now);
  }
}

void Lane::end() {
  ended_ = true;
  timer_.cancel();
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
