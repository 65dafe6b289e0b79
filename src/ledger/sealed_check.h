// Whether journals are still as long as seals say that they were, and their trees whole.
#pragma once

#include "base/error.h"
#include "ledger/journal_files.h"
#include "store/check.h"
#include "store/store.h"

namespace vitrine::ledger {

/// Names in the report the journals that lack records which a seal covers, up to the last one (a gap at the
/// end is none that the store could see), the tiles of their trees that are missing or not those of the tiles
/// below them, the sealed records in the store whose leaf is not the one in the tree, and the files of
/// records that are missing and were not dropped as a row says. Needs no key; what is in the records, and
/// whether it is that of their leaf, is for others. Records that came behind the last seal are stated nowhere
/// else. Commits may go on. Errors: those of the store.
Result<void> check_sealed_journals(store::Store& store, const JournalFiles& files,
                                   store::CheckReport& report);

}  // namespace vitrine::ledger
