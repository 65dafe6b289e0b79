// A record on its way into the store.
#pragma once

#include <cstdint>

#include "evidence/record.h"
#include "store/commit.h"

namespace vitrine::ledger {

/// The record with fresh salts, as the journal in `slot` takes it. The leaf is computed here, on the caller's
/// thread, and not by the committer.
store::JournalRecord journal_record(std::uint32_t slot, const evidence::JournalId& journal,
                                    const evidence::RecordContents& contents);

}  // namespace vitrine::ledger
