// The one place where a record and its effect become durable together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/record.h"
#include "ledger/committed.h"
#include "ledger/journal_reader.h"
#include "ledger/promises.h"
#include "ledger/receipt_token.h"
#include "store/store.h"

namespace vitrine::blobs {
class Collector;
}  // namespace vitrine::blobs

namespace vitrine::ledger {

/// False only in the program that `./dev bench --without-records` compares with, and that serves nothing but
/// that: there operations leave no record, and what changes nothing is not committed.
extern const bool kHasRecords;

/// What the answer would be, as the record states it.
struct Outcome {
  unsigned status = 200;  ///< HTTP status; 0 for background work
  std::string version;
  std::optional<tlog::Digest> content_root;
  std::optional<evidence::Derivation> result;
  std::vector<policy::Obligation> obligations_done;
  std::optional<evidence::Closing> closing;

  /// The answer is this error.
  static Outcome refusal(const Error& error);
};

/// What a commit relies on and changes. A read changes nothing.
struct Effect {
  std::vector<store::Guard> guards;
  std::vector<store::Write> writes;
  std::vector<store::Untouched> untouched;
  std::vector<store::Key> touches;
  std::vector<store::Segment> adopts;
  std::vector<store::BodyRef> shares;
  std::vector<store::BodyRef> releases;
  std::vector<store::ScanRange> scans;          ///< of an operation that changes nothing
  std::vector<store::CounterDelta> settlement;  ///< gives back reserved amounts that were not used
  bool grows = false;                           ///< as of a Commit
};

/// Erasures of what no operation can reach any more. Made by the Collector alone.
class Collected {
 private:
  friend class vitrine::blobs::Collector;
  friend class Ledger;
  explicit Collected(Effect effect) : effect_(std::move(effect)) {}
  Effect effect_;
};

/// Takes every decision to its record. There is no other way to the store's effects, and no other maker of
/// a Committed. Usable from any thread.
class Ledger {
 public:
  /// The store must outlive the ledger, and so must `promises`; without them nothing is promised. `secret`
  /// hides places in receipt tokens.
  Ledger(store::Store& store, ConstBytes secret, JournalFiles files, Promises* promises = nullptr)
      : store_(store),
        tokens_(secret),
        markers_(secret, "marker"),
        exports_(secret, "export"),
        journals_(store, std::move(files)),
        promises_(promises) {}

  /// Makes the decision's record durable, with the effect if it is a Permit, in one step; sets the
  /// exchange's receipt token, and its promise if it asks for one. Errors: PolicyDenied after a Denial's
  /// record is durable; StateChanged when a guard no longer holds: look again and decide again;
  /// OutOfRangeInput when the record would be larger than 65,535 bytes; those of Store::commit.
  Task<Result<Committed>> commit(policy::Exchange& exchange, policy::Decision decision,
                                 const Outcome& outcome, Effect effect = {});

  /// Erases counters that nothing looks at any more: no operation, so it has no record. Errors: those of
  /// Store::commit.
  Task<Result<void>> erase(const policy::ExpiredCounters& expired);
  /// The same for dead rows and bodies. Errors: those of Store::commit.
  Task<Result<void>> erase(Collected collected);

  [[nodiscard]] const ReceiptTokens& tokens() const { return tokens_; }
  /// Where a listing of records goes on.
  [[nodiscard]] const ReceiptTokens& markers() const { return markers_; }
  /// How far a journal was exported: behind its last record.
  [[nodiscard]] const ReceiptTokens& exports() const { return exports_; }
  [[nodiscard]] const JournalReader& journals() const { return journals_; }
  /// Null where nothing is promised.
  [[nodiscard]] Promises* promises() { return promises_; }

 private:
  friend class Sealer;
  friend class Recovery;
  friend class CountingRecords;
  friend class JournalEraser;
  friend class Retention;
  Task<Result<store::Position>> write(store::Commit commit);
  /// The sealer's own state is no operation and has no record.
  Task<Result<void>> write_seal(std::vector<store::Write> writes, std::vector<store::JournalTrim> trims);
  /// Records that stand for no decision of now, in the order of their journal: of requests that nothing was
  /// decided about, by their number alone; or what an export gave back, which happened already.
  Task<Result<void>> append(std::vector<store::JournalRecord> records);
  /// That records were dropped, by a setting and by nobody's request, with the row that says so.
  Task<Result<void>> write_dropped(store::JournalRecord record, store::Write row);
  /// Records as they are with facets closed, which changes no leaf.
  Task<Result<void>> close_facets(std::vector<store::JournalRewrite> records);

  store::Store& store_;
  ReceiptTokens tokens_;
  ReceiptTokens markers_;
  ReceiptTokens exports_;
  JournalReader journals_;
  Promises* promises_;
};

}  // namespace vitrine::ledger
