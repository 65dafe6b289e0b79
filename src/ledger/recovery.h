// Brings a store that is behind its own public log up to it, and says in the log what was lost on the way.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "evidence/journal_verifier.h"
#include "evidence/log_verifier.h"
#include "evidence/sealed_head.h"
#include "identity/account.h"
#include "ledger/ledger.h"
#include "ledger/log_key.h"
#include "ledger/public_log.h"
#include "ledger/sealed_journals.h"
#include "ledger/sealer_rows.h"

namespace vitrine::ledger {

/// A journal of which it is not shown that nothing is missing.
struct DoubtfulJournal {
  std::uint32_t slot = 0;
  /// None where the account itself came after the state that the store is in.
  std::optional<identity::Account> account;
  /// As much of it as there is.
  std::uint64_t size = 0;
  tlog::Digest root{};
};

/// What an export was good for.
struct Refilled {
  std::uint64_t records = 0;     ///< added to the journal
  bool account_is_lost = false;  ///< nothing can be added, but the head helps to show others whole
};

/// Two people end journals, and say why.
struct Ending {
  std::string reason;
  std::array<crypto::SigningKey, 2> approvers;
};

/// Of a stopped server's store. In this order: open, refill for each export, finish, the log's files,
/// complete. No server starts in between; after a crash it is done again from the start.
class Recovery {
 public:
  /// `read` gives the files of the public log as it was published; they must be verified already, and the
  /// store's own state of the log be one that they begin with. Errors: InvalidInput when the store is not
  /// behind; Corrupt; those of `read` and of the store.
  static Result<std::unique_ptr<Recovery>> open(Ledger& ledger, store::Store& store, const LogKey& key,
                                                const evidence::ReadLogFile& read,
                                                std::vector<identity::Account> accounts);

  /// Adds to a journal what an export of it has beyond the store. The export must be verified already.
  /// Errors: InvalidInput when it is of no journal in this store, nor of an account that came later;
  /// VerificationFailed when the records that both have are not the same; those of the store.
  Task<Result<Refilled>> refill(const evidence::SealedHead& head, const evidence::ReadJournalFile& read);

  /// The journals that may lack records of the last published seal; none when the seal's heads are those of
  /// the journals as they are now. Errors: those of the store.
  Result<std::vector<DoubtfulJournal>> doubtful();

  /// Takes the published entries over, ends the journals given and begins others in their slots. Errors:
  /// those of the store.
  Task<Result<void>> finish(const std::vector<DoubtfulJournal>& lost, const Ending* ending,
                            const Clock& clock);
  /// Whether that was done, now or before a crash: only the log's files may be missing.
  [[nodiscard]] bool is_finished() const { return is_finished_; }
  /// The log's files are what the store has: the server may start. Errors: those of the store.
  Task<Result<void>> complete();

  /// How many entries of the published log the store lacks.
  [[nodiscard]] std::uint64_t missing_entries() const { return missing_.size(); }
  [[nodiscard]] const evidence::Seal& last_seal() const { return last_.seal; }

 private:
  Recovery(Ledger& ledger, store::Store& store, const LogKey& key, std::vector<identity::Account> accounts)
      : ledger_(ledger), store_(store), key_(key), accounts_(std::move(accounts)) {}
  Result<void> read_missing(const evidence::ReadLogFile& read, std::uint64_t size);
  Result<void> settle_pending(std::vector<store::Write>& writes) const;
  [[nodiscard]] Result<std::vector<std::uint32_t>> slots_of_lost_accounts() const;
  Result<evidence::Loss> end(const DoubtfulJournal& lost, const Ending& ending, const Clock& clock,
                             std::vector<store::Write>& writes);
  Result<std::uint32_t> next_stream();

  Ledger& ledger_;
  store::Store& store_;
  const LogKey& key_;
  std::vector<identity::Account> accounts_;
  std::uint64_t from_ = 0;            ///< entries that the store's log had when the recovery was begun
  std::uint64_t stored_entries_ = 0;  ///< and has now
  bool is_finished_ = false;
  std::vector<Bytes> missing_;  ///< the entries behind those
  LastSeal last_;
  std::uint64_t slots_ = 0;        ///< that the published log gave out
  std::set<std::uint32_t> whole_;  ///< slots whose export the last seal commits to
  std::map<std::uint32_t, evidence::JournalHead> lost_heads_;  ///< by slot, of accounts that are not there
  std::optional<std::uint32_t> stream_{};                      ///< given out last
};

}  // namespace vitrine::ledger
