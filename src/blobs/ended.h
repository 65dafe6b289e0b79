// Erases, bit by bit, what commits ended.
#pragma once

#include <vector>

#include "blobs/content_change.h"
#include "blobs/row_walk.h"

namespace vitrine::blobs {

/// What one commit erases, guarded by itself. What it ends in turn is in its change.
struct ErasingStep {
  ContentChange change;
  bool is_last = false;
};
/// The next step. It may erase nothing, when all that it looked at stays. Errors: those of the store.
Result<ErasingStep> next_step(const store::Store& store, const keys::DataKeys& keys,
                              const ContainerId& container, const Ended& ended, RowWalks& walks);

}  // namespace vitrine::blobs
