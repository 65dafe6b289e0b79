// What was refused before anything was decided, on record: one record an account and second.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

#include "base/time.h"
#include "ledger/ledger.h"
#include "ledger/refusals.h"

namespace vitrine::ledger {

struct CountingOptions {
  crypto::Sha256Digest bundle_hash{};  ///< of the rules in force
  std::chrono::milliseconds interval{1000};
};

/// Each second takes what was counted and makes a record of it for each account that has something
/// (docs/formats/record.md, "Counting records"). Each count gets into one record, also when the store refuses
/// commits for a while or fails with an unknown outcome; a crash loses what was counted since the last
/// record. Runs on a thread of its own, whose io_context must outlive the store: so must this.
class CountingRecords {
 public:
  /// All references must outlive stop().
  CountingRecords(Ledger& ledger, store::Store& store, Refusals& refusals, const Clock& clock,
                  CountingOptions options);
  ~CountingRecords();
  CountingRecords(const CountingRecords&) = delete;
  CountingRecords& operator=(const CountingRecords&) = delete;

  void start();
  /// Makes the last records and ends the thread. Counts that the store does not take now are lost, which the
  /// log tells. Idempotent.
  void stop();

  /// Made so far. From any thread.
  [[nodiscard]] std::uint64_t records() const { return records_; }

 private:
  /// What goes into one commit.
  struct Batch {
    RefusalsBySlot counted;
    std::vector<store::JournalRecord> records;
    std::uint64_t first_index = 0;  ///< where the first of them comes at the earliest
  };

  Task<void> run();
  Task<Result<void>> flush();
  void tell(const Result<void>& flushed, bool last_round);
  Batch take_batch();
  Result<void> settle();
  [[nodiscard]] Result<bool> is_in_journal(const Batch& batch) const;
  [[nodiscard]] std::uint64_t left() const;

  Ledger& ledger_;
  store::Store& store_;
  Refusals& refusals_;
  const Clock& clock_;
  const CountingOptions options_;

  RefusalsBySlot waiting_;
  std::optional<Batch> unsettled_;  // nobody knows yet whether it took effect
  bool failing_ = false;
  bool stopping_ = false;
  std::atomic<std::uint64_t> records_ = 0;

  boost::asio::io_context io_{1};
  boost::asio::steady_timer timer_{io_};
  std::thread thread_;
};

}  // namespace vitrine::ledger
