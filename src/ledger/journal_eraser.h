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
  /// So many bundles of records are written anew at a time: that bounds how long a seal waits.
  static constexpr unsigned kBundlesAtATime = 16;

  JournalEraser(Ledger& ledger, store::Store& store, JournalFiles files,
                unsigned bundles_at_a_time = kBundlesAtATime)
      : ledger_(&ledger), store_(&store), files_(std::move(files)), at_a_time_(bundles_at_a_time) {}

  /// A piece of the first step; the next call goes on from there, a new start from the first record. No
  /// records may be moved to files while it runs, but in between. Errors: of the first row that failed;
  /// others were gone on with. Corrupt with the file whose records cannot be read; those of the store;
  /// InsufficientStorage, DeviceFailed.
  Task<Result<void>> close_facets();
  /// Whether there is anything for the second step.
  [[nodiscard]] bool has_closed() const { return !closed_.empty(); }
  /// The second step. Records may be moved meanwhile. Errors: those of Store::erase_traces.
  Task<Result<void>> clear_traces();

 private:
  Task<Result<bool>> close_some(const PendingErasureRow& row, unsigned& left);
  Task<Result<void>> close_bundle(const PendingErasure& erasure, std::uint64_t bundle);
  Task<Result<void>> close_in_store(const PendingErasure& erasure, std::uint64_t bundle);
  Result<void> close_in_file(const PendingErasure& erasure, std::uint64_t bundle);

  Ledger* ledger_;
  store::Store* store_;
  JournalFiles files_;
  unsigned at_a_time_;
  // By the keys of their rows:
  std::map<std::string, std::uint64_t> next_bundle_;  // of those that are begun
  std::map<std::string, PendingErasure> closed_;
};

}  // namespace vitrine::ledger
