// Erasures that were decided and are not carried out to the end, as rows of the State table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/erasure.h"
#include "store/commit.h"
#include "store/store.h"

namespace vitrine::ledger {

struct PendingErasure {
  std::uint32_t stream = 0;
  evidence::RecordRanges records;
  evidence::ErasedFacets facets;
};

/// The row that asks for it; written in the commit of the record that tells of it. `order` tells the erasures
/// of a stream apart.
store::Write pending_erasure(const PendingErasure& erasure, std::string_view order);

struct PendingErasureRow {
  store::Key key;
  PendingErasure erasure;
};
/// All that there are; or those of one stream. Errors: Corrupt; those of Store::scan.
Result<std::vector<PendingErasureRow>> pending_erasures(const store::Store& store);
Result<std::vector<PendingErasureRow>> pending_erasures(const store::Store& store, std::uint32_t stream);

}  // namespace vitrine::ledger
