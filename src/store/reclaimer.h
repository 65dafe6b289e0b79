// Gives room in extents back.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "store/garbage.h"
#include "store/periodic.h"
#include "store/read_pins.h"

namespace vitrine::store {

class Database;
class ExtentSet;

/// A thread that frees garbage once no read can look at it any more, and removes extents in which nothing
/// lives. What it leaves behind is found when the store is opened next.
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

 private:
  /// What became free before a moment.
  struct Dead {
    std::uint64_t mark;
    std::vector<Room> rooms;
  };

  std::uint64_t free(const std::vector<Room>& rooms);
  void remove_if_dead(std::uint64_t extent);

  const Database& database_;
  ExtentSet& extents_;
  Garbage& garbage_;
  ReadPins& pins_;

  std::mutex working_mutex_;
  std::deque<Dead> waiting_;
  std::atomic<std::uint64_t> freed_bytes_{0};

  std::optional<Periodic> thread_;
};

}  // namespace vitrine::store
