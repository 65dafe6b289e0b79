// Makes a backup of a store while it works.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "backup/manifest.h"
#include "backup/transfer.h"
#include "store/store.h"

namespace vitrine::backup {

/// A key file that goes into the backup.
struct KeyFile {
  std::string name;  ///< "operator.key"
  std::filesystem::path file;
};

struct CreateOptions {
  std::filesystem::path to;
  /// Copies everything instead of what is new since the last backup there.
  bool full = false;
  /// Those keys that are wanted in it; without them it tells names and records, but no content.
  std::vector<KeyFile> keys{};
  /// Where the store's owner keeps sealed records; empty: nowhere.
  std::filesystem::path journals{};
  /// Whether the store is one for development.
  bool development = false;
  store::FileLayer* files = &store::posix_file_layer();
};

struct Created {
  Number number = 0;
  store::Version version = 0;
  std::uint64_t log_size = 0;
  std::uint64_t files = 0;         ///< that the backup consists of
  std::uint64_t bytes = 0;         ///< of all of them
  std::uint64_t copied_bytes = 0;  ///< of those that are new
  std::vector<DamagedPlace> damaged{};
  std::vector<std::string> keys{};  ///< the names of the key files in it
};

/// Blocks until it is done. What an unfinished backup left there is removed first, and after an error what
/// this one has copied; the earlier backups are as they were. Errors: InvalidInput when the folder holds
/// something else, or backups of another store; ServerBusy when another backup is under way;
/// InsufficientStorage, DeviceFailed, Corrupt, Cancelled.
Result<Created> create(store::Store& store, const CreateOptions& options, const Effort& effort);

}  // namespace vitrine::backup
