// What a crash leaves at the end of RocksDB's log is told apart from damage in front of what was promised.
// The manifest has the log's format.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/error.h"
#include "store/file_layer.h"

namespace vitrine::store {

/// Batches that lie behind bytes that fail their check.
struct BatchBehindDamage {
  std::filesystem::path damaged;  ///< the first log file in which something fails
  std::uint64_t sequence = 0;     ///< of the last such batch: one more than the write before it has
  /// RocksDB takes something damaged for the end of a file that was used before, and goes on with the next.
  bool is_passed_over = false;
};

/// Reads the log files (*.log) of a RocksDB directory. Each batch is synced before the next one is written: a
/// batch behind damage proves that what was damaged had been synced, whereas a torn tail has none behind
/// it. What was damaged may have been replayed before, and its file be left over: the caller finds out
/// whether a replay reaches the batch. A directory that is missing has no log. Errors: DeviceFailed.
Result<std::optional<BatchBehindDamage>> find_batch_behind_damage(FileLayer& files,
                                                                  const std::filesystem::path& directory);

/// The length of the front of a file in the log's format that holds whole, intact records and nothing else.
/// Errors: DeviceFailed.
Result<std::uint64_t> intact_length(FileLayer& files, const std::filesystem::path& path);

}  // namespace vitrine::store
