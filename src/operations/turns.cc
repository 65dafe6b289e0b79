#include "operations/turns.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <mutex>
#include <unordered_map>

namespace vitrine::operations {
namespace {

using Executor = boost::asio::io_context::executor_type;

/// Waits on the thread of its coroutine, which alone keeps it alive.
class Waiter {
 public:
  explicit Waiter(const Executor& executor)
      : executor_(executor), timer_(executor, boost::asio::steady_timer::time_point::max()) {}

  Task<void> wait() {
    co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable_t<Executor>{}));
  }
  static void call(const std::shared_ptr<Waiter>& waiter) {
    boost::asio::post(waiter->executor_, [weak = std::weak_ptr(waiter)] {
      if (const auto called = weak.lock()) called->timer_.cancel();
    });
  }

 private:
  Executor executor_;
  boost::asio::steady_timer timer_;
};

constexpr std::size_t kShards = 16;

}  // namespace

class Turns::Lines {
 public:
  /// True when the turn is free; otherwise the waiter will be called.
  bool join(const std::string& name, const std::shared_ptr<Waiter>& waiter) {
    auto& shard = shard_of(name);
    std::lock_guard lock(shard.mutex);
    const auto [line, is_free] = shard.lines.try_emplace(name);
    if (!is_free) line->second.push_back(waiter);
    return is_free;
  }

  void pass_on(const std::string& name) {
    auto& shard = shard_of(name);
    std::lock_guard lock(shard.mutex);
    const auto line = shard.lines.find(name);
    while (!line->second.empty()) {
      const auto next = line->second.front().lock();
      line->second.pop_front();
      if (next) return Waiter::call(next);
    }
    shard.lines.erase(line);
  }

  bool is_taken(const std::string& name) {
    auto& shard = shard_of(name);
    std::lock_guard lock(shard.mutex);
    return shard.lines.contains(name);
  }

 private:
  struct Shard {
    std::mutex mutex;
    /// Who waits behind the one whose turn it is.
    std::unordered_map<std::string, std::deque<std::weak_ptr<Waiter>>> lines;
  };

  Shard& shard_of(const std::string& name) { return shards_.at(std::hash<std::string>()(name) % kShards); }

  std::array<Shard, kShards> shards_;
};

Turns::Turns() : lines_(std::make_shared<Lines>()) {}

Turns::Turn::~Turn() {
  if (lines_) lines_->pass_on(name_);
}

Task<Turns::Turn> Turns::take(std::string name) {
  const auto lines = lines_;
  const auto waiter = std::make_shared<Waiter>(co_await boost::asio::this_coro::executor);
  if (!lines->join(name, waiter)) co_await waiter->wait();
  co_return Turn(lines, std::move(name));
}

bool Turns::is_taken(const std::string& name) const {
  return lines_->is_taken(name);
}

}  // namespace vitrine::operations
