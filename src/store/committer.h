// The one thread that commits.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "store/commit.h"
#include "store/sequencer.h"

namespace vitrine::store {

/// Takes all that waits as one round, one synced write each, and wakes every io_context once a round.
class Committer {
 public:
  struct Bounds {
    std::size_t commits = 0;
    std::size_t bytes = 0;
  };

  Committer(Sequencer& sequencer, Bounds bounds);
  /// Commits what is queued.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  /// As Store::commit.
  [[nodiscard]] Task<Result<Position>> commit(Commit commit);
  [[nodiscard]] bool fenced() const { return fenced_.load(std::memory_order_acquire); }
  [[nodiscard]] Activity activity() const;

 private:
  struct Waiting;

  void enqueue(Waiting waiting);
  bool take_round(std::vector<Waiting>& round);
  void run();
  void decide(std::vector<Waiting>& round);
  void fence(const Error& error);
  static void answer(std::vector<Waiting> round);

  Sequencer& sequencer_;
  const Bounds bounds_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Waiting> queue_;
  std::size_t queued_bytes_ = 0;
  bool stopping_ = false;
  std::atomic<bool> fenced_ = false;
  std::atomic<std::uint64_t> rounds_ = 0, commits_ = 0, records_ = 0, guard_failures_ = 0;
  std::thread thread_;
};

}  // namespace vitrine::store
