// A few threads for file work that may wait for the disk.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/task.h"
#include "store/completion.h"

namespace vitrine::store {

/// Runs work in the order given, on any of its threads. Its users bound what they have under way, so the
/// queue needs no bound of its own. Destruction runs what was queued.
class BlockingPool {
 public:
  explicit BlockingPool(unsigned threads);
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  /// From any thread, also from the pool's own.
  void post(std::move_only_function<void()> work);

  /// Starts `work` now; its value is awaited later.
  template <class Work>
  [[nodiscard]] auto start(Work work) {
    Completion<std::invoke_result_t<Work&>> completion;
    post([completion, work = std::move(work)]() mutable { completion.complete(work()); });
    return completion;
  }

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::move_only_function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace vitrine::store
