// Whether journals are still as long as seals say that they were.
#pragma once

#include "base/error.h"
#include "store/check.h"
#include "store/store.h"

namespace vitrine::ledger {

/// Names in the report the journals that lack records which a seal covers, up to the last one: a gap at the
/// end is none that the store could see. Needs no key. Records that came behind the last seal are stated
/// nowhere else. Commits may go on. Errors: those of the store.
Result<void> check_sealed_sizes(const store::Store& store, store::CheckReport& report);

}  // namespace vitrine::ledger
