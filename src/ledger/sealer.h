// Seals every journal into the public log on a fixed tick, and proves what was sealed.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/time.h"
#include "ledger/journal_eraser.h"
#include "ledger/ledger.h"
#include "ledger/public_log.h"
#include "ledger/retention.h"
#include "ledger/sealed_journals.h"
#include "ledger/sealer_rows.h"

namespace vitrine::ledger {

/// How much a receipt shows at least.
enum class ReceiptLevel : std::uint8_t {
  Promised,  ///< the record, and the log's promise that a seal will have it
  Sealed,    ///< the record in a seal of the public log
};

struct SealerOptions {
  std::filesystem::path log_directory;
  std::chrono::milliseconds tick{1000};
  /// How much more than ten ticks old the last seal and its publication may be.
  std::chrono::milliseconds patience{10'000};
  /// As many sealed records of a journal may wait in the store before they are moved to files.
  std::uint64_t journal_tail = 4096;
  /// From so many bundles of records is erased before a seal at most.
  unsigned erase_at_a_time = JournalEraser::kBundlesAtATime;
  /// Nothing: records are kept for ever.
  std::optional<RetentionOptions> retention{};
};

/// Runs on a thread of its own. Each tick makes one seal whether or not anything happened: trees, seal,
/// public entries and the signed checkpoint become durable in one commit, then files are published.
class Sealer {
 public:
  /// All references must outlive the sealer. Announces the start in the public log. Errors: Corrupt when the
  /// published log is ahead of the store; those of the store.
  static Result<std::unique_ptr<Sealer>> open(Ledger& ledger, store::Store& store, const LogKey& key,
                                              const Clock& clock, SealerOptions options);
  ~Sealer();

  void start();
  /// Makes a last seal and ends the thread. Idempotent.
  void stop();

  /// The receipt document of a record, of the highest level that it can have now; its checkpoint is published
  /// already. Callable from any io_context. Errors: ReceiptNotReady when the level is lower than `least`,
  /// RecordNotFound, Corrupt.
  Task<Result<std::string>> receipt(RecordPlace place, ReceiptLevel least = ReceiptLevel::Sealed);
  /// The head of the journal that a record is in, at the first seal that covers the record, or a later one;
  /// published already. Callable from any io_context. Errors: ReceiptNotReady when no seal comes in a while;
  /// RecordNotFound when that journal was ended; Corrupt.
  Task<Result<evidence::SealedHead>> journal_head(RecordPlace place);

  /// Seals made since the start. Any thread may ask.
  [[nodiscard]] std::uint64_t seals() const { return seals_; }
  /// Whether the last seal and its publication are recent. Any thread may ask. Errors: Unavailable, with
  /// which of the two is not.
  [[nodiscard]] Result<void> keeps_up() const;

 private:
  Sealer(Ledger& ledger, store::Store& store, const LogKey& key, const Clock& clock, SealerOptions options);
  Result<void> load();
  Task<void> run();
  Task<Result<void>> tick();
  void announce(std::uint64_t seal);
  void publish();
  Result<std::vector<evidence::PublicEntry>> take_pending(std::vector<store::Write>& writes);
  Task<Result<void>> until_published();
  Task<Result<std::string>> build_receipt(RecordPlace place);
  Result<std::string> build_promised_receipt(RecordPlace place);
  [[nodiscard]] Result<evidence::ShownRecord> read_record(RecordPlace place) const;
  Task<Result<evidence::SealedHead>> build_head(RecordPlace place);
  Result<evidence::SealedHead> sealed_head(std::uint32_t slot);
  Moved move_to_files();
  Task<void> close_erased();
  Task<void> drop_old();
  void begin_clearing();
  Task<void> clear_erased();

  Ledger& ledger_;
  store::Store& store_;
  const LogKey& key_;
  const Clock& clock_;
  SealerOptions options_;

  SealedJournals journals_;
  JournalMover mover_;
  std::chrono::steady_clock::time_point next_move_{};
  JournalEraser eraser_;
  std::chrono::steady_clock::time_point next_closing_{}, next_clearing_{};
  bool clearing_ = false;
  Retention retention_;
  std::chrono::steady_clock::time_point next_dropping_{};
  std::optional<PublicLog> log_;
  evidence::Seal last_;
  std::uint64_t last_index_ = 0;  // of the last seal in the public log
  std::uint64_t seal_at_start_ = 0;
  bool announced_start_ = false;
  bool after_clean_stop_ = false;
  bool recovered_ = false;  // the heads of the last seal are lost
  bool stale_ = false;      // memory may be ahead of the store after a failed commit
  bool stopping_ = false;
  std::atomic<std::uint64_t> seals_ = 0;
  std::atomic<std::chrono::steady_clock::time_point> sealed_at_ = std::chrono::steady_clock::now();
  std::atomic<std::chrono::steady_clock::time_point> published_at_ = std::chrono::steady_clock::now();

  boost::asio::io_context io_{1};
  boost::asio::steady_timer timer_{io_};
  std::thread thread_;
};

}  // namespace vitrine::ledger
