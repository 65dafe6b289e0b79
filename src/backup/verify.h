// Reads backups and tells what is not as it was written.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backup/folder.h"
#include "backup/transfer.h"

namespace vitrine::backup {

/// Something in a folder of backups that is not as it was written.
struct Fault {
  std::string path;
  std::string what;
};

struct Verified {
  std::vector<Number> backups;  ///< those that were looked at
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::vector<Fault> faults;
  std::vector<Number> spoiled;  ///< backups with a fault in their manifest or in a file that they name
  /// What was damaged in the store already when it was copied, by the manifests; each place once.
  std::vector<DamagedPlace> damaged;
};

/// Reads every file of one finished backup, or of all, once. Blocks. Errors: InvalidInput when there is no
/// such backup; DeviceFailed, Cancelled.
Result<Verified> verify(const Folder& folder, std::optional<Number> number, const Effort& effort);

}  // namespace vitrine::backup
