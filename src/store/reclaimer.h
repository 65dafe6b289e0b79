// Gives room in extents back.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "store/garbage.h"
#include "store/periodic.h"
#include "store/read_pins.h"

namespace vitrine::store {

class Database;
class ExtentSet;

/// A thread that frees garbage once no read can look at it any more, and removes extents in which nothing
/// lives: no counter says so, and no row of a segment names it. A read holds a pin before it looks for a
/// place, and opens the extent only later, so it is pins that decide, for rooms and for whole extents. What
/// it leaves behind is found by the Compactor.
class Reclaimer {
 public:
  Reclaimer(const Database& database, ExtentSet& extents, Garbage& garbage, ReadPins& pins);
  /// Frees what may be freed.
  ~Reclaimer();
  Reclaimer(const Reclaimer&) = delete;
  Reclaimer& operator=(const Reclaimer&) = delete;

  /// Frees now what may be freed; the stored bytes. Waits for the disk.
  std::uint64_t reclaim();
  /// The stored bytes freed so far.
  [[nodiscard]] std::uint64_t freed_bytes() const { return freed_bytes_; }
  /// The extents removed so far.
  [[nodiscard]] std::uint64_t removed_extents() const { return removed_extents_; }

 private:
  /// What became free before a moment.
  struct Dead {
    std::uint64_t mark;
    std::vector<Room> rooms;
  };

  void take_garbage();
  std::uint64_t free_rooms();
  std::uint64_t free(const std::vector<Room>& rooms);
  std::uint64_t free_again();
  void condemn();
  void confirm(std::set<std::uint64_t> uncounted);
  void remove_condemned();
  void remove(std::uint64_t extent);

  const Database& database_;
  ExtentSet& extents_;
  Garbage& garbage_;
  ReadPins& pins_;

  std::mutex working_mutex_;
  std::deque<Dead> waiting_;
  /// Rooms that could not be given back, and when that is tried again.
  std::vector<Room> unfreed_;
  std::chrono::steady_clock::time_point next_try_;
  /// Extents that something was taken out of: nothing may live in them any more.
  std::set<std::uint64_t> suspects_;
  /// Extents without a counter that no walk over the segments has confirmed yet, and when the next may begin.
  std::set<std::uint64_t> uncounted_;
  std::chrono::steady_clock::time_point next_walk_;
  /// Extents in which nothing lives, and nothing will, and the moment when that was seen.
  std::map<std::uint64_t, std::uint64_t> condemned_;
  std::atomic<std::uint64_t> freed_bytes_{0}, removed_extents_{0};

  std::optional<Periodic> thread_;
};

}  // namespace vitrine::store
