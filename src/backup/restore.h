// Makes a store out of a backup again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "backup/folder.h"
#include "backup/transfer.h"
#include "store/check.h"

namespace vitrine::backup {

/// Where what goes. The directories are empty or missing.
struct RestoreTo {
  std::filesystem::path store;
  std::filesystem::path log;
  std::filesystem::path keys;
  std::filesystem::path development;  ///< the file that marks a store for development
  std::filesystem::path journals{};   ///< sealed records
};

struct RestoreOptions {
  RestoreTo to{};
  /// Goes on although the places that the manifest names were damaged already when the backup was made.
  bool accept_damage = false;
  /// How many entries of the public log were published: the files of that size are put there, too.
  std::optional<std::uint64_t> published{};
  store::FileLayer* files = &store::posix_file_layer();
};

struct Restored {
  Manifest manifest;
  bool has_keys = false;
  store::CheckReport report;
};

/// Copies everything against its digest, then looks at it as fsck does: every row, every frame, journals
/// without gaps, the version and the public log of the manifest. Blocks. What is there after an error is not
/// a store. Errors: Corrupt when anything is not as it was written; DeviceFailed, InsufficientStorage,
/// Cancelled.
Result<Restored> restore(const Folder& folder, Number number, const RestoreOptions& options,
                         const Effort& effort);

}  // namespace vitrine::backup
