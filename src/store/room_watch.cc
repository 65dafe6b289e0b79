#include "store/room_watch.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace vitrine::store {
namespace {

/// As many reserves must be free for a merge to begin: one that is kept, and what a merge takes for a while.
constexpr std::uint64_t kFreeForMerging = 3;

}  // namespace

RoomWatch::RoomWatch(FileLayer& files, const std::filesystem::path& directory, std::uint64_t reserve,
                     Merging merging)
    : files_(files), file_(directory / "reserve"), reserve_(reserve), set_merging_(std::move(merging)) {
  if (reserve_ == 0) return;
  const auto kept = set_aside();
  held_ = kept.has_value();
  if (!held_) log::warn("no room could be set aside for records", {{"error", kept.error().message}});
  if (only_counted_)
    log::warn(
        "the file system cannot set room aside: the reserve is only kept free, and whoever else writes there "
        "can use it up",
        {{"directory", directory.string()}});
}

Result<void> RoomWatch::set_aside() {
  const bool exists = TRY(files_.status(file_)).has_value();
  const auto file = exists ? TRY(files_.open(file_)) : TRY(files_.create(file_));
  if (TRY(file->room()) > reserve_) TRY(file->truncate(0));
  auto allocated = file->allocate(0, reserve_);
  only_counted_ = allocated && TRY(file->room()) < reserve_;
  // Half a reserve is given back at once: the disk is full.
  if (!allocated || only_counted_) TRY(files_.remove(file_));
  return allocated;
}

void RoomWatch::give_up() {
  if (auto removed = only_counted_ ? Result<void>{} : files_.remove(file_); !removed)
    return log::error("the room set aside for records could not be given up",
                      {{"error", removed.error().message}});
  held_ = false;
  log::warn("the room set aside for records is being used");
}

void RoomWatch::look() {
  if (reserve_ == 0) return;
  auto room = files_.free_room(file_.parent_path());
  if (!room) return;  // a disk that does not even answer this fails the next write
  if (held_ && only_counted_) *room -= std::min(*room, reserve_);
  judge(*room);
  // Back on only with some room more, so that it does not go on and off.
  const auto for_merging = kFreeForMerging * reserve_ + (merging_ ? 0 : reserve_ / 4);
  merging_ = !full() && *room >= for_merging;
  set_merging_(merging_);
}

void RoomWatch::judge(std::uint64_t room) {
  const auto enough = (full() ? enough_beside(reserve_) : reserve_) + (held_ ? 0 : reserve_);
  if (room >= enough) {
    if (!held_ && !set_aside()) return;
    held_ = true;
    if (full_.exchange(false))
      log::info("there is room on the disk again", {{"free_bytes", std::to_string(room)}});
    return;
  }
  if (held_ && room < reserve_ / 2) give_up();
  if (room >= reserve_ || full_.exchange(true)) return;
  log::error("the disk is full: nothing new is stored; reading and deleting go on",
             {{"free_bytes", std::to_string(room)}, {"reserve_bytes", std::to_string(reserve_)}});
}

Result<void> RoomWatch::check() const {
  if (!full()) return {};
  return fail(
      Code::InsufficientStorage,
      "The server's disk is full: nothing new can be stored until its operator has made room. Reading "
      "and deleting go on.");
}

}  // namespace vitrine::store
