// Drops records that were kept long enough.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>

#include "base/task.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "ledger/journal_files.h"
#include "ledger/ledger.h"
#include "ledger/retention_clock.h"
#include "ledger/sealed_journals.h"

namespace vitrine::ledger {

struct RetentionOptions {
  /// Records are kept at least so long, by their own time and RetentionClock.
  std::chrono::seconds age{};
  /// Between two rounds through all journals, and so at least between two records of what was dropped in one
  /// of them: dropping must not make records for ever.
  std::chrono::milliseconds pause = std::chrono::hours(1);
  /// Of the policies in force, for those records.
  crypto::Sha256Digest bundle_hash{};
};

/// In two steps, so that no seal covers a journal that lacks records and does not say so: a record in the
/// journal states up to where the full bundles in its files are old, and once that record is in a durable
/// seal, their files are removed. Tiles stay, and so do all hashes and proofs. A little is done at a time.
/// For one thread.
class Retention {
 public:
  /// Without options nothing new is dropped; what was stated is carried out all the same.
  Retention(Ledger& ledger, store::Store& store, const Clock& clock, std::optional<RetentionOptions> options)
      : ledger_(&ledger),
        store_(&store),
        files_(ledger.journals().files()),
        clock_(&clock),
        time_(store, clock),
        options_(options) {}

  /// Learns what was stated in earlier runs; the next seal covers it. Errors: those of the store.
  Result<void> load();
  /// Looks at some bundles and states what may go. Errors: Corrupt with the file, those of the ledger; the
  /// next call goes on with the next journal.
  Task<Result<void>> state(const SealedJournals& journals);
  /// A seal was made that covers all records from before the call of state(). Removes some of the files that
  /// were stated before it; none while the store is frozen, because the copy may not have the statement.
  /// Errors: DeviceFailed.
  Result<void> drop();
  void sealed();

 private:
  Task<Result<void>> begin_round();
  Result<void> find_left_behind(std::uint32_t stream, std::uint64_t dropped);
  Task<Result<void>> look_at_next(const SealedJournals& journals);
  Task<Result<void>> state(const identity::JournalPlace& place, std::uint64_t from, std::uint64_t up_to);
  [[nodiscard]] Result<bool> is_old(std::uint32_t stream, std::uint64_t bundle) const;
  Result<bool> drop_some(std::uint32_t stream, unsigned& left);

  Ledger* ledger_;
  store::Store* store_;
  JournalFiles files_;
  const Clock* clock_;
  RetentionClock time_;
  std::optional<RetentionOptions> options_;

  Timestamp now_{};                      // of the round
  std::uint32_t slot_ = 0;               // looked at
  std::optional<std::uint64_t> bundle_;  // of it, the next one
  std::chrono::steady_clock::time_point round_began_{}, next_round_{};
  std::set<std::uint32_t> stated_;  // streams whose statement may not be in a seal
  std::set<std::uint32_t> sealed_;  // streams whose files may go
};

}  // namespace vitrine::ledger
