// The one thread that commits.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "store/commit.h"
#include "store/room_watch.h"
#include "store/sequencer.h"

namespace vitrine::store {

/// Takes all that waits as one round, one synced write each, and wakes every io_context once a round.
///
/// A write that fails has an unknown outcome: the store is fenced, and from then on every commit refused,
/// until `recover` has found out what is durable. That is tried at once and then again and again, ever more
/// seldom, as long as it fails.
class Committer {
 public:
  struct Bounds {
    std::size_t commits = 0;
    std::size_t bytes = 0;
  };

  using Recover = std::function<Result<void>()>;

  Committer(Sequencer& sequencer, RoomWatch& room, Bounds bounds, Recover recover);
  /// Commits what is queued.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  /// As Store::commit.
  [[nodiscard]] Task<Result<Position>> commit(Commit commit);
  /// As Store::takes_commits.
  [[nodiscard]] Result<void> takes_commits() const;
  /// The committer's part of it.
  [[nodiscard]] Activity activity() const;

 private:
  struct Waiting;
  /// Each apart: it is handed on from list to list.
  using Round = std::vector<std::unique_ptr<Waiting>>;

  void enqueue(std::unique_ptr<Waiting> waiting);
  bool take_round(Round& round);
  void run();
  void work(Round& round);
  Result<Position> admit(const Commit& commit);
  void decide(Round& round);
  void finish(Round& round);
  void fence(const Error& error);
  void try_to_recover();
  [[nodiscard]] bool fenced() const { return fenced_.load(std::memory_order_acquire); }
  static void answer(Round round);

  Sequencer& sequencer_;
  RoomWatch& room_;
  const Bounds bounds_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Round queue_;
  std::size_t queued_bytes_ = 0;
  bool stopping_ = false;

  const Recover recover_;
  std::atomic<bool> fenced_ = false;
  mutable std::mutex reason_mutex_;
  std::string reason_;  ///< of the fence
  // The committer thread's own.
  std::chrono::steady_clock::time_point fenced_at_, recovered_at_, next_try_;
  std::chrono::milliseconds pause_{0};

  std::atomic<std::uint64_t> rounds_ = 0, commits_ = 0, records_ = 0, guard_failures_ = 0, recoveries_ = 0;
  std::thread thread_;
};

}  // namespace vitrine::store
