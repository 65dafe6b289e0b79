#include "store/reclaimer.h"

#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "store/database.h"
#include "store/encoding.h"
#include "store/extent_set.h"

namespace vitrine::store {
namespace {

constexpr std::chrono::milliseconds kPause{200};

}  // namespace

Reclaimer::Reclaimer(const Database& database, ExtentSet& extents, Garbage& garbage, ReadPins& pins)
    : database_(database), extents_(extents), garbage_(garbage), pins_(pins) {
  thread_.emplace("reclaimer", kPause, [this] { reclaim(); });
}

Reclaimer::~Reclaimer() {
  thread_.reset();
  reclaim();
}

std::uint64_t Reclaimer::reclaim() {
  std::lock_guard lock(working_mutex_);
  // The order is the point: pins made after the mark cannot find what was garbage before it.
  if (auto rooms = garbage_.take(); !rooms.empty()) waiting_.push_back({pins_.mark(), std::move(rooms)});
  std::uint64_t freed = 0;
  for (; !waiting_.empty() && pins_.gone(waiting_.front().mark); waiting_.pop_front())
    freed += free(waiting_.front().rooms);
  freed_bytes_ += freed;
  return freed;
}

std::uint64_t Reclaimer::free(const std::vector<Room>& rooms) {
  std::uint64_t freed = 0;
  std::vector<std::uint64_t> extents;
  for (const auto& room : rooms) {
    extents.push_back(room.at.extent);
    if (auto done = extents_.free(room.at.extent, room.at.offset, room.bytes))
      freed += room.bytes;
    else
      log::warn("an extent keeps room that nothing needs", {{"error", done.error().message}});
  }
  std::ranges::sort(extents);
  const auto repeated = std::ranges::unique(extents);
  extents.erase(repeated.begin(), repeated.end());
  for (auto extent : extents) remove_if_dead(extent);
  return freed;
}

void Reclaimer::remove_if_dead(std::uint64_t extent) {
  const auto live = database_.get(Family::Counters, live_key(extent));
  if (!live || live->found()) return;
  if (auto removed = extents_.remove_if_idle(extent); !removed)
    log::warn("an extent without a segment was not removed", {{"error", removed.error().message}});
}

}  // namespace vitrine::store
