// The time by which records are old: that of the machine's clock, unless it runs ahead.
#pragma once

#include <chrono>

#include "base/time.h"
#include "store/commit.h"
#include "store/store.h"

namespace vitrine::ledger {

/// How old records are is decided by a clock that may be years ahead one day, and what is dropped by it is
/// gone. So time passes here at most twice as fast as the server runs: a clock that is set wrongly is noticed
/// before records are lost by it, and after a long stop the time is caught up with. Where it has got to is in
/// a row. For one thread.
class RetentionClock {
 public:
  using Steady = std::chrono::steady_clock::time_point;

  RetentionClock(store::Store& store, const Clock& clock) : store_(&store), clock_(&clock) {}

  /// Goes on from the row; where there is none, from the last seal of the run before. Errors: Corrupt; those
  /// of the store.
  Result<void> load(Steady now = std::chrono::steady_clock::now());
  /// What time it is by now. Never later than the clock's.
  Timestamp advance(Steady now = std::chrono::steady_clock::now());
  /// The row that keeps it.
  [[nodiscard]] store::Write row() const { return row_of(known_); }
  static store::Write row_of(Timestamp time);

 private:
  store::Store* store_;
  const Clock* clock_;
  Timestamp known_{};
  Steady advanced_{};
};

}  // namespace vitrine::ledger
