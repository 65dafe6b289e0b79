// Tells the operator which disks of extents take nothing more.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>

namespace vitrine::store {

/// Logs when a directory begins to be passed over for want of room and when it is used again, of each
/// directory one line a minute at most: what changed within it is told when the directory is next looked at.
/// All calls may come from any thread.
class RoomNotices {
 public:
  using Clock = std::chrono::steady_clock;
  using Now = std::function<Clock::time_point()>;

  explicit RoomNotices(Now now = Clock::now) : now_(std::move(now)) {}

  /// `needed` are the bytes that must be free for what is to be stored to go there.
  void note(const std::filesystem::path& directory, std::uint64_t free, std::uint64_t needed);

 private:
  struct Told {
    bool passed_over = false;
    Clock::time_point at;
  };

  Now now_;
  std::mutex mutex_;
  std::map<std::filesystem::path, Told> told_;
};

}  // namespace vitrine::store
