#include "store/reclaimer.h"

#include <chrono>
#include <optional>
#include <utility>

#include "base/log.h"
#include "store/database.h"
#include "store/encoding.h"
#include "store/extent_set.h"
#include "store/live_bytes.h"

namespace vitrine::store {
namespace {

constexpr std::chrono::milliseconds kPause{200};
/// Until room is given back again that a failing disk, or one that takes no writes, kept.
constexpr std::chrono::seconds kBetweenTries{5};
/// Of a big store's segments a walk takes seconds: it gets a part of the time. What it delays is the end of
/// empty files; their room came back before.
constexpr std::chrono::milliseconds kShortWalk{10};
constexpr int kWalkShare = 20;

}  // namespace

Reclaimer::Reclaimer(const Database& database, ExtentSet& extents, Garbage& garbage, ReadPins& pins)
    : database_(database), extents_(extents), garbage_(garbage), pins_(pins) {
  thread_.emplace("reclaimer", kPause, [this](const std::stop_token&) { reclaim(); });
}

Reclaimer::~Reclaimer() {
  thread_.reset();
  reclaim();
}

std::uint64_t Reclaimer::reclaim() {
  std::lock_guard lock(working_mutex_);
  take_garbage();
  const auto freed = free_rooms() + free_again();
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
  std::optional<Error> failed;
  for (const auto& room : rooms) {
    if (!extents_.contains(room.at.extent)) continue;  // it went as a whole
    suspects_.insert(room.at.extent);
    if (auto done = extents_.free(room.at.extent, room.at.offset, room.bytes)) {
      freed += room.bytes;
    } else {
      failed = std::move(done).error();
      unfreed_.push_back(room);
    }
  }
  if (failed)
    log::warn("extents keep room that nothing needs; it will be tried again",
              {{"rooms", std::to_string(unfreed_.size())}, {"error", failed->message}});
  return freed;
}

std::uint64_t Reclaimer::free_again() {
  const auto now = std::chrono::steady_clock::now();
  if (unfreed_.empty() || now < next_try_) return 0;
  next_try_ = now + kBetweenTries;
  return free(std::exchange(unfreed_, {}));
}

/// That nobody writes it comes first: what a writer left in it is counted by then.
void Reclaimer::condemn() {
  std::erase_if(suspects_, [&](std::uint64_t extent) {
    if (condemned_.contains(extent) || !extents_.contains(extent)) return true;
    if (!extents_.is_idle(extent)) return false;
    // A commit that failed may have taken effect all the same: its segments are counted once that is known.
    if (database_.failed()) return false;
    const auto live = database_.get(Family::Counters, live_key(extent));
    if (live && !live->found()) uncounted_.insert(extent);
    return true;
  });
  if (uncounted_.empty() || std::chrono::steady_clock::now() < next_walk_) return;
  confirm(std::exchange(uncounted_, {}));
}

/// A counter that was lost looks like one that came to nothing, so the rows have the last word.
void Reclaimer::confirm(std::set<std::uint64_t> uncounted) {
  const auto begin = std::chrono::steady_clock::now();
  const auto named = extents_with_segments(database_, uncounted);
  const auto now = std::chrono::steady_clock::now();
  if (now - begin > kShortWalk) next_walk_ = now + kWalkShare * (now - begin);
  if (!named) {
    // Asked again with the next extent, or after the Compactor's next pass.
    log::error("it cannot be told whether extents are empty: they stay", {{"error", named.error().message}});
    return;
  }
  for (auto extent : *named) {
    uncounted.erase(extent);
    log::error("the counter of an extent in which segments lie is missing: it stays; run vitrine fsck",
               {{"extent", std::to_string(extent)}});
  }
  const auto mark = pins_.mark();
  for (auto extent : uncounted) condemned_.emplace(extent, mark);
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
