// The server's own use case on blobs that have expired.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "blobs/collection.h"
#include "identity/account_directory.h"
#include "operations/floors.h"

namespace vitrine::operations {

/// The Collector takes away what has expired so long ago and is there still: what could not be deleted on
/// record, because its container was deleted and restored under another name.
inline constexpr std::chrono::hours kUntilCollected{1};

/// Deletes blobs that have expired, each on record as a deletion by the server itself. One coroutine at a
/// time.
class BlobExpiry {
 public:
  /// Both outlive it.
  BlobExpiry(const Floors& floors, const identity::AccountDirectory& accounts)
      : floors_(floors), accounts_(accounts) {}

  /// Looks at tasks of the collection that came due since the last call, at most `most`; the number of those
  /// that it looked at. Errors: those of the store.
  Task<Result<std::size_t>> run(std::size_t most);

 private:
  /// What containers are called that were asked for in one run; nothing for one that is not there.
  using Names = std::map<blobs::ContainerId, std::optional<blobs::ContainerName>>;
  Task<Result<void>> look_at(const blobs::CollectionTask& task, const blobs::DeletedStates& states,
                             Names& names);

  const Floors& floors_;
  const identity::AccountDirectory& accounts_;
  std::string from_ = blobs::first_task_key();
};

}  // namespace vitrine::operations
