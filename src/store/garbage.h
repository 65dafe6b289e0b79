// Room in extents that nothing names any more.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "store/segment.h"

namespace vitrine::store {

class Extent;

/// A segment's room: where it begins, and its stored bytes.
struct Room {
  Location at;
  std::uint64_t bytes = 0;
};

/// What became free and is not given back yet. All calls may come from any thread.
class Garbage {
 public:
  struct Contents {
    std::vector<Room> rooms;
    std::vector<std::uint64_t> extents;  ///< in which nothing may live any more
  };

  void add(std::span<const Room> rooms);
  /// To be removed if nothing lives in it.
  void add_extent(std::uint64_t number);
  [[nodiscard]] Contents take();

 private:
  std::mutex mutex_;
  Contents contents_;
};

/// Holds a finished segment's room until a commit adopts it; what was never adopted becomes garbage.
class UnadoptedRoom {
 public:
  /// Keeps the extent from being removed.
  UnadoptedRoom(std::weak_ptr<Garbage> garbage, std::shared_ptr<const Extent> extent, Room room)
      : garbage_(std::move(garbage)), extent_(std::move(extent)), room_(room) {}
  ~UnadoptedRoom();
  UnadoptedRoom(const UnadoptedRoom&) = delete;
  UnadoptedRoom& operator=(const UnadoptedRoom&) = delete;

  /// The segment is durable. By the committer.
  void adopted() { adopted_ = true; }

 private:
  std::weak_ptr<Garbage> garbage_;
  std::shared_ptr<const Extent> extent_;
  Room room_;
  bool adopted_ = false;
};

}  // namespace vitrine::store
