// Keeps an exported journal up to date in a folder. (docs/formats/journal.md)
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "evidence/sealed_head.h"

namespace vitrine::evidence {

/// Gives a bundle of records by its path, "tile/entries/000.p/7", exactly as wide; where there is none the
/// tile of their hashes is asked for. Errors: ResourceNotFound when it is not to be had any more; others end
/// the export.
using FetchJournalFile = std::function<Result<Bytes>(const std::string& path)>;

struct Exported {
  std::uint64_t records = 0;  ///< in the folder now
  std::uint64_t added = 0;    ///< since the last time
};

/// Brings the folder, which is made if need be, from the head that it has to `head`: fetches what is new,
/// checks that it goes on from what is there and that its root is the head's, keeps the head that was there,
/// and writes the new one last. Whether the log's key stands behind the head is for verify_journal(). Errors:
/// VerificationFailed when the folder is not what its own head says any more, which then is all that is told;
/// or when the journal went back or is another one than before, or the records are not the head's: the folder
/// then keeps its old head and what it had; InvalidInput when something else is in the folder; Corrupt for
/// bundles that are none; those of `fetch`; InsufficientStorage, DeviceFailed.
Result<Exported> update_export(const std::filesystem::path& folder, const SealedHead& head,
                               const FetchJournalFile& fetch);

}  // namespace vitrine::evidence
