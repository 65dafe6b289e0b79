// A value that a thread delivers to a coroutine.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/task.h"

namespace vitrine::store {

inline constexpr boost::asio::use_awaitable_t<boost::asio::io_context::executor_type> kAwait{};

/// Copies share one value: one side completes it once, on any thread, the other awaits it once, earlier or
/// later, on its io_context, which must outlive the completion.
template <class T>
class Completion {
 public:
  void complete(T value) {
    std::unique_lock lock(state_->mutex);
    state_->value.emplace(std::move(value));
    auto resume = std::move(state_->resume);
    lock.unlock();
    if (resume) resume();
  }

  [[nodiscard]] Task<T> wait() {
    auto state = state_;
    if (!ready(*state))
      co_await boost::asio::async_initiate<decltype(kAwait), void()>(
          [state](auto handler) { suspend(*state, std::move(handler)); }, kAwait);
    co_return std::move(*state->value);
  }

 private:
  struct State {
    std::mutex mutex;
    std::optional<T> value;
    std::move_only_function<void()> resume;
  };

  static bool ready(State& state) {
    std::lock_guard lock(state.mutex);
    return state.value.has_value();
  }

  template <class Handler>
  static void suspend(State& state, Handler handler) {
    // The guard keeps the io_context running while only a pool thread works for it.
    auto guard = boost::asio::make_work_guard(boost::asio::get_associated_executor(handler));
    auto resume = [guard = std::move(guard), handler = std::move(handler)]() mutable {
      boost::asio::post(guard.get_executor(), std::move(handler));
    };
    std::unique_lock lock(state.mutex);
    if (!state.value) {
      state.resume = std::move(resume);
      return;
    }
    lock.unlock();
    resume();
  }

  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace vitrine::store
