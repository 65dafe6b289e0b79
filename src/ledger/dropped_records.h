// Up to where records of a journal were dropped because they were kept long enough.
#pragma once

#include <cstdint>
#include <vector>

#include "store/commit.h"
#include "store/store.h"

namespace vitrine::ledger {

/// The row that says that records below `up_to` of a stream are dropped; written in the commit of the record
/// that says so, and before their files go.
store::Write dropped_below_write(std::uint32_t stream, std::uint64_t up_to);
/// 0 where nothing was dropped. Errors: Corrupt; those of Store::look_up.
Result<std::uint64_t> dropped_below(const store::Store& store, std::uint32_t stream);

/// All streams of which records were dropped. Errors: Corrupt; those of Store::scan.
Result<std::vector<std::uint32_t>> streams_with_dropped(const store::Store& store);

}  // namespace vitrine::ledger
