// Takes erased facets out of records, wherever those are.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/task.h"
#include "ledger/journal_files.h"
#include "ledger/ledger.h"
#include "ledger/pending_erasure.h"
#include "store/store.h"

namespace vitrine::ledger {

/// Carries out what rows ask for, in two steps that can each be repeated: first every copy that is read from
/// gets the facets closed, then what the store's own files kept of the earlier ones goes, and the row with
/// it. What a crash broke off is taken up with the row. For one thread.
class JournalEraser {
 public:
  JournalEraser(Ledger& ledger, store::Store& store, JournalFiles files)
      : ledger_(&ledger), store_(&store), files_(std::move(files)) {}

  /// The first step, for all rows that came. No records may be moved to files while it runs. Errors: Corrupt
  /// with the file whose records cannot be read; those of the store; InsufficientStorage, DeviceFailed. Those
  /// that were reached are done then.
  Task<Result<void>> close_facets();
  /// Whether there is anything for the second step.
  [[nodiscard]] bool has_closed() const { return !closed_.empty(); }
  /// The second step. Records may be moved meanwhile. Errors: those of Store::erase_traces.
  Task<Result<void>> clear_traces();

 private:
  Task<Result<void>> close(const PendingErasure& erasure);
  Task<Result<void>> close_in_store(const PendingErasure& erasure, const evidence::RecordRange& range);
  Result<void> close_in_files(const PendingErasure& erasure, const evidence::RecordRange& range);
  Result<void> close_in_file(const PendingErasure& erasure, std::uint64_t bundle);

  Ledger* ledger_;
  store::Store* store_;
  JournalFiles files_;
  std::map<std::string, PendingErasure> closed_;  // by the keys of their rows
};

}  // namespace vitrine::ledger
