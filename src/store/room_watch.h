// Keeps room on the disk for the records of reads and deletions when it is full.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "base/error.h"
#include "store/file_layer.h"

namespace vitrine::store {

/// Sets room aside in a file of its own. With less than as much again beside it the disk counts as full, and
/// nothing that needs room is to be begun. When that is used up too (somebody else writes to the disk), the
/// file is given up, so that records and deletions still fit. With enough room it is set aside again.
///
/// Where the file system sets nothing aside, so much free room is not counted instead: others may take it.
///
/// Tables are merged only while there is room for a merge in front of all that.
class RoomWatch {
 public:
  /// Hears at each look whether tables may be merged.
  using Merging = std::function<void(bool on)>;

  /// `reserve`: bytes to set aside; 0 watches nothing. The file lies in `directory`.
  RoomWatch(FileLayer& files, const std::filesystem::path& directory, std::uint64_t reserve, Merging merging);

  /// So much is free beside the reserve before a full disk counts as full no longer: what sets large amounts
  /// of room aside leaves that much. Bytes.
  static std::uint64_t enough_beside(std::uint64_t reserve) { return reserve + reserve / 4; }

  /// Looks how much room there is, and acts on it. One thread at a time.
  void look();
  /// From any thread.
  [[nodiscard]] bool full() const { return full_.load(std::memory_order_relaxed); }
  /// Errors: InsufficientStorage when full, for whom it concerns.
  [[nodiscard]] Result<void> check() const;
  /// Whether there is room to merge tables; without it, look again in a while. As look().
  [[nodiscard]] bool merges() const { return merging_; }

 private:
  Result<void> set_aside();
  void give_up();
  void judge(std::uint64_t room);

  FileLayer& files_;
  const std::filesystem::path file_;
  const std::uint64_t reserve_;
  const Merging set_merging_;
  std::atomic<bool> full_ = false;
  bool merging_ = true;
  bool held_ = false;
  /// Nothing can be set aside here: while the reserve is held it is free room that is not counted.
  bool only_counted_ = false;
};

}  // namespace vitrine::store
