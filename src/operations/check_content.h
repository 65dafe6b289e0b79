// Looks at what the store holds with the accounts' keys: whether every blob has its content.
#pragma once

#include "identity/account_directory.h"
#include "operations/floors.h"
#include "store/check.h"

namespace vitrine::operations {

/// What there is besides what the store itself can count.
struct ContentCounts {
  std::uint64_t containers = 0;
  std::uint64_t blobs = 0;
  std::uint64_t bytes = 0;  ///< of content, as clients see it

  friend bool operator==(const ContentCounts&, const ContentCounts&) = default;
};

/// Goes on from a place in CheckStage::Content that the guide was told, steered like store::check(), and adds
/// to the report and the counts. Commits, deletions and collection may go on: what looks wrong is looked at
/// again, and is not if it has changed meanwhile. Returns whether everything was looked at.
bool check_content(const Floors& floors, const identity::AccountDirectory& accounts,
                   const store::CheckPlace& from, store::CheckGuide& guide, store::CheckReport& report,
                   ContentCounts& counts);

/// Opens every head, sees that every body which it names is there, a segment as long as it says, and that
/// every record has the leaf that its journal's tree was made of. That the bytes of bodies are as they were
/// written is for store::check() to tell, by the checksums of tables and frames. Adds what is wrong to the
/// report. Blocks.
ContentCounts check_content(const Floors& floors, const identity::AccountDirectory& accounts,
                            store::CheckReport& report);

}  // namespace vitrine::operations
