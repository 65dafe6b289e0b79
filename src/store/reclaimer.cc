#include "store/reclaimer.h"

#include <chrono>
#include <utility>

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
  take_garbage();
  const auto freed = free_rooms();
  condemn();
  remove_condemned();
  freed_bytes_ += freed;
  return freed;
}

void Reclaimer::take_garbage() {
  auto garbage = garbage_.take();
  suspects_.insert(garbage.extents.begin(), garbage.extents.end());
  // The order is the point: pins made after the mark cannot find what was garbage before it.
  if (!garbage.rooms.empty()) waiting_.push_back({pins_.mark(), std::move(garbage.rooms)});
}

std::uint64_t Reclaimer::free_rooms() {
  std::uint64_t freed = 0;
  for (; !waiting_.empty() && pins_.gone(waiting_.front().mark); waiting_.pop_front())
    freed += free(waiting_.front().rooms);
  return freed;
}

std::uint64_t Reclaimer::free(const std::vector<Room>& rooms) {
  std::uint64_t freed = 0;
  for (const auto& room : rooms) {
    if (!extents_.contains(room.at.extent)) continue;  // it went as a whole
    suspects_.insert(room.at.extent);
    if (auto done = extents_.free(room.at.extent, room.at.offset, room.bytes))
      freed += room.bytes;
    else
      log::warn("an extent keeps room that nothing needs", {{"error", done.error().message}});
  }
  return freed;
}

/// That nobody writes it comes first: what a writer left in it is counted by then.
void Reclaimer::condemn() {
  std::vector<std::uint64_t> dead;
  std::erase_if(suspects_, [&](std::uint64_t extent) {
    if (condemned_.contains(extent) || !extents_.contains(extent)) return true;
    if (!extents_.is_idle(extent)) return false;
    // A commit that failed may have taken effect all the same: its segments are counted once that is known.
    if (database_.failed()) return false;
    const auto live = database_.get(Family::Counters, live_key(extent));
    if (live && !live->found()) dead.push_back(extent);
    return true;
  });
  if (dead.empty()) return;
  const auto mark = pins_.mark();
  for (auto extent : dead) condemned_.emplace(extent, mark);
}

void Reclaimer::remove_condemned() {
  std::erase_if(condemned_, [&](const auto& entry) {
    if (!pins_.gone(entry.second) || !extents_.is_idle(entry.first)) return false;
    remove(entry.first);
    return true;
  });
}

void Reclaimer::remove(std::uint64_t extent) {
  if (auto removed = extents_.remove(extent))
    ++removed_extents_;
  else
    log::warn("an extent without a segment was not removed", {{"error", removed.error().message}});
}

}  // namespace vitrine::store
