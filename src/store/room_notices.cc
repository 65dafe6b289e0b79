#include "store/room_notices.h"

#include <string>

#include "base/log.h"

namespace vitrine::store {
namespace {

constexpr std::chrono::minutes kBetween{1};

}  // namespace

void RoomNotices::note(const std::filesystem::path& directory, std::uint64_t free, std::uint64_t needed) {
  const bool passed_over = free < needed;
  std::lock_guard lock(mutex_);
  const auto told = told_.find(directory);
  if (passed_over == (told != told_.end() && told->second.passed_over)) return;
  const auto now = now_();
  if (told != told_.end() && now - told->second.at < kBetween) return;
  told_.insert_or_assign(directory, Told{passed_over, now});
  const auto bytes = std::to_string(free);
  if (passed_over)
    log::warn(
        "a directory of bodies has too little room and is passed over",
        {{"directory", directory.string()}, {"free_bytes", bytes}, {"needed_bytes", std::to_string(needed)}});
  else
    log::info("a directory of bodies has room again",
              {{"directory", directory.string()}, {"free_bytes", bytes}});
}

}  // namespace vitrine::store
