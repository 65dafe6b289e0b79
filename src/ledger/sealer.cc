#include "ledger/sealer.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"
#include "base/thread_name.h"
#include "evidence/promised_receipt.h"
#include "evidence/receipt.h"
#include "ledger/sealer_rows.h"

namespace vitrine::ledger {
namespace {

constexpr boost::asio::use_awaitable_t<boost::asio::io_context::executor_type> kAwait{};
/// After a step that failed.
constexpr std::chrono::seconds kRest{30};

/// Not before anything that is sealed with it, nor before the seal in front of it: a machine's clock that is
/// set back must not make the log contradict itself.
evidence::Seconds time_of_seal(evidence::Seconds now, const evidence::Seal& last,
                               const std::vector<evidence::PublicEntry>& entries) {
  auto latest = std::max(now, last.time);
  for (const auto& entry : entries) {
    latest = std::max(latest, evidence::time_of(entry).value_or(latest));
    if (const auto* erasure = std::get_if<evidence::Erasure>(&entry))
      latest = std::max(latest, erasure->agreed - evidence::kAgreementHolds);
  }
  return latest;
}

}  // namespace

Sealer::Sealer(Ledger& ledger, store::Store& store, const LogKey& key, const Clock& clock,
               SealerOptions options)
    : ledger_(ledger),
      store_(store),
      key_(key),
      clock_(clock),
      options_(std::move(options)),
      journals_(store, key, ledger.journals().files()),
      mover_(store, ledger.journals().files(), options_.journal_tail),
      eraser_(ledger, store, ledger.journals().files(), options_.erase_at_a_time),
      retention_(ledger, store, clock, options_.retention) {}

Sealer::~Sealer() {
  stop();
}

Result<std::unique_ptr<Sealer>> Sealer::open(Ledger& ledger, store::Store& store, const LogKey& key,
                                             const Clock& clock, SealerOptions options) {
  std::unique_ptr<Sealer> sealer(new Sealer(ledger, store, key, clock, std::move(options)));
  TRY(sealer->load());
  TRY(sealer->retention_.load());
  sealer->seal_at_start_ = sealer->last_.number;
  sealer->announce(sealer->last_.number);
  sealer->after_clean_stop_ = TRY(store.look_up(clean_stop_key())).exists();
  return sealer;
}

Result<void> Sealer::load() {
  if (TRY(store_.look_up(recovering_key())).exists())
    return fail(Code::InvalidInput,
                "A recovery of this data directory was broken off; run `vitrine recover` on it again, as "
                "before.");
  TRY(journals_.load());
  log_.emplace(TRY(PublicLog::open(store_, key_, options_.log_directory)));
  last_ = {};
  auto row = TRY(store_.look_up(last_seal_key()));
  if (row.exists()) {
    const auto last = TRY(decode_last_seal(row.value));
    last_index_ = last.log_index;
    last_ = last.seal;
    // After a recovery nobody has the heads of the last seal; the next one has its own.
    recovered_ = TRY(store_.look_up(recovered_key())).exists();
    if (!recovered_ && TRY(journals_.seal(last_.number)) != last_.heads_root)
      return fail(
          Code::Corrupt,
          "The journals in the store are not those that the last seal commits to: their ends or hashes "
          "were changed. Restore the data directory from a backup.");
  }
  stale_ = false;
  return {};
}

void Sealer::start() {
  boost::asio::co_spawn(io_, run(), boost::asio::detached);
  thread_ = std::thread([this] {
    name_thread("sealer");
    io_.run();
  });
}

void Sealer::stop() {
  if (!thread_.joinable()) return;
  boost::asio::post(io_, [this] {
    stopping_ = true;
    timer_.cancel();
  });
  thread_.join();
}

Task<void> Sealer::run() {
  auto due = std::chrono::steady_clock::now();
  for (bool last_round = false; !last_round;) {
    last_round = stopping_;
    // On this thread, so that no records are moved to files meanwhile.
    co_await close_erased();
    co_await drop_old();
    auto sealed = co_await tick();
    begin_clearing();
    if (sealed) {
      retention_.sealed();
      publish();
    } else {
      log::error("No seal could be made; the next tick tries again", {{"error", sealed.error().message}});
    }
    if (last_round) break;
    due = std::max(due + options_.tick, std::chrono::steady_clock::now());
    timer_.expires_at(due);
    if (!stopping_) co_await timer_.async_wait(boost::asio::as_tuple(kAwait));
  }
}

Result<std::vector<evidence::PublicEntry>> Sealer::take_pending(std::vector<store::Write>& writes) {
  std::vector<evidence::PublicEntry> entries;
  for (auto& row : TRY(store_.scan(store::Table::State, kPending, kBehindPending, SIZE_MAX))) {
    auto entry = TRY(evidence::decode_entry(as_bytes(row.value)));
    if (auto* created = std::get_if<evidence::AccountCreated>(&entry))
      writes.push_back(TRY(journals_.add(static_cast<std::uint32_t>(created->slot))));
    entries.push_back(std::move(entry));
    writes.push_back({{store::Table::State, std::move(row.key)}, std::nullopt});
  }
  return entries;
}

Task<Result<void>> Sealer::tick() {
  if (stale_) CO_TRY(load());
  // The first seal may be there although its commit was answered with an error.
  announced_start_ = announced_start_ || last_.number > seal_at_start_;
  stale_ = true;  // until the commit below has happened
  // Before the trees grow: what they cover now is in a durable seal.
  auto moved = move_to_files();
  announce(last_.number + 1);
  // Sizes first: whoever has a record by now also has its account's entry among the pending ones.
  auto sizes = store_.journal_sizes();
  auto writes = std::move(moved.writes);
  auto entries = CO_TRY(take_pending(writes));
  auto now = std::chrono::floor<std::chrono::seconds>(clock_.now());
  if (!announced_start_)
    entries.push_back(evidence::Restart{std::max(now, last_.time), last_.number, after_clean_stop_});
  auto grown = CO_TRY(journals_.grow(sizes));
  std::move(grown.begin(), grown.end(), std::back_inserter(writes));

  evidence::Seal seal{.number = last_.number + 1,
                      .time = time_of_seal(now, last_, entries),
                      .heads_root = CO_TRY(journals_.seal(last_.number + 1)),
                      .slots = journals_.slots(),
                      .previous = last_.number == 0 ? tlog::Digest{} : evidence::seal_hash(last_),
                      .policy_epoch = 0,
                      .witnessed = {}};
  entries.emplace_back(seal);
  auto appended = CO_TRY(log_->append(entries));
  std::move(appended.begin(), appended.end(), std::back_inserter(writes));
  writes.push_back({last_seal_key(), encode_last_seal({log_->size() - 1, seal})});
  if (recovered_) writes.push_back({recovered_key(), std::nullopt});
  writes.push_back({clean_stop_key(), stopping_ ? std::optional<std::string>("1") : std::nullopt});
  CO_TRY(co_await ledger_.write_seal(std::move(writes), std::move(moved.trims)));
  last_ = seal;
  last_index_ = log_->size() - 1;
  announced_start_ = true;
  stale_ = false;
  ++seals_;
  sealed_at_ = std::chrono::steady_clock::now();
  co_return Result<void>{};
}

/// What fails waits with its row for the next try; seals go on.
Task<void> Sealer::close_erased() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_closing_) co_return;
  const auto closed = co_await eraser_.close_facets();
  if (closed) co_return;
  next_closing_ = now + kRest;
  log::error("Facets of records could not be erased; it is tried again soon",
             {{"error", closed.error().message}});
}

Task<void> Sealer::drop_old() {
  const auto now = std::chrono::steady_clock::now();
  if (stale_ || now < next_dropping_) co_return;
  auto done = retention_.drop();
  if (done) done = co_await retention_.state(journals_);
  if (done) co_return;
  next_dropping_ = now + kRest;
  log::error("Records that were kept long enough could not be dropped; it is tried again soon",
             {{"error", done.error().message}});
}

/// Beside the seals: it writes tables anew, which takes its time.
void Sealer::begin_clearing() {
  if (clearing_ || !eraser_.has_closed() || std::chrono::steady_clock::now() < next_clearing_) return;
  clearing_ = true;
  boost::asio::co_spawn(io_, clear_erased(), boost::asio::detached);
}

Task<void> Sealer::clear_erased() {
  const auto cleared = co_await eraser_.clear_traces();
  clearing_ = false;
  if (cleared) co_return;
  next_clearing_ = std::chrono::steady_clock::now() + kRest;
  log::warn("What was erased from records is still in the store's files; it is tried again soon",
            {{"error", cleared.error().message}});
}

/// A disk that is full keeps no seal from being made: the records stay in the store for longer.
Moved Sealer::move_to_files() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_move_) return {};
  auto moved = journals_.move_to_files(mover_);
  if (moved) return std::move(*moved);
  next_move_ = now + kRest;
  log::error("Sealed records could not be moved to files; they stay in the store, and it is tried again soon",
             {{"error", moved.error().message}});
  return {};
}

/// Promises are for the seal behind this one.
void Sealer::announce(std::uint64_t seal) {
  if (auto* promises = ledger_.promises()) promises->begin_seal(seal);
}

void Sealer::publish() {
  auto published = log_->publish();
  if (published)
    published_at_ = std::chrono::steady_clock::now();
  else
    log::error("A seal was made, but the public log's files could not be written; the next tick tries again",
               {{"error", published.error().message}});
}

Result<void> Sealer::keeps_up() const {
  auto oldest = std::chrono::steady_clock::now() - 10 * options_.tick - options_.patience;
  if (sealed_at_.load() < oldest)
    return fail(Code::Unavailable, "No seal has been made for a while; the server's log tells why.");
  if (published_at_.load() < oldest)
    return fail(Code::Unavailable,
                "Seals are made, but the public log's files have not been written for a while; the server's "
                "log tells why.");
  return {};
}

Task<Result<std::string>> Sealer::receipt(RecordPlace place, ReceiptLevel least) {
  auto sealed = co_await boost::asio::co_spawn(io_, build_receipt(place), kAwait);
  if (sealed || sealed.error().code != Code::ReceiptNotReady || least != ReceiptLevel::Promised)
    co_return sealed;
  co_return build_promised_receipt(place);
}

Task<Result<evidence::SealedHead>> Sealer::journal_head(RecordPlace place) {
  co_return co_await boost::asio::co_spawn(io_, build_head(place), kAwait);
}

/// While a seal is being committed and published, which takes milliseconds; while a disk fails it takes
/// longer. What is given out names a state of the log, and whoever gets it must find that state published.
Task<Result<void>> Sealer::until_published() {
  for (int tries = 0; (stale_ || !log_->is_published()) && tries < 50; ++tries) {
    boost::asio::steady_timer pause(io_, std::chrono::milliseconds(20));
    co_await pause.async_wait(boost::asio::as_tuple(kAwait));
  }
  if (stale_) co_return fail(Code::ReceiptNotReady, "No seal can be made at present; ask again later.");
  if (!log_->is_published())
    co_return fail(Code::ReceiptNotReady, "The public log cannot be published at present; ask again later.");
  co_return Result<void>{};
}

Result<evidence::SealedHead> Sealer::sealed_head(std::uint32_t slot) {
  auto sealed = TRY(journals_.open_slot(slot));
  sealed.seal_entry = evidence::encode_entry(last_);
  sealed.seal_index = last_index_;
  sealed.log_path = TRY(log_->prove(last_index_));
  sealed.checkpoint = log_->checkpoint();
  return sealed;
}

Task<Result<evidence::SealedHead>> Sealer::build_head(RecordPlace place) {
  constexpr std::chrono::milliseconds kPause{20}, kPatience{5000};
  const auto end = std::chrono::steady_clock::now() + 2 * options_.tick + kPatience;
  while (true) {
    CO_TRY(co_await until_published());
    const auto slot = journals_.slot_of(place.slot);
    auto head = slot ? sealed_head(*slot) : std::unexpected(slot.error());
    if (head && head->head.size <= place.index)
      head = fail(Code::ReceiptNotReady, "The journal's newest record is not in a seal yet.");
    const bool is_early = !head && head.error().code == Code::ReceiptNotReady;
    if (!is_early || stopping_ || std::chrono::steady_clock::now() > end) co_return head;
    boost::asio::steady_timer pause(io_, kPause);
    co_await pause.async_wait(boost::asio::as_tuple(kAwait));
  }
}

Task<Result<std::string>> Sealer::build_receipt(RecordPlace place) {
  CO_TRY(co_await until_published());
  const auto slot = CO_TRY(journals_.slot_of(place.slot));
  auto path = CO_TRY(journals_.prove(slot, place.index));
  auto record = CO_TRY(read_record(place));
  auto commitments = evidence::commitments(record);
  evidence::Receipt receipt{.index = place.index,
                            .commitments = commitments,
                            .opened = evidence::opened(std::move(record)),
                            .journal_path = std::move(path),
                            .sealed = CO_TRY(sealed_head(slot))};
  co_return evidence::write_receipt(receipt);
}

/// Needs nothing of what the sealer's own thread has in memory.
Result<std::string> Sealer::build_promised_receipt(RecordPlace place) {
  auto* promises = ledger_.promises();
  if (!promises)
    return fail(Code::ReceiptNotReady, "The record is not in a seal yet, and nothing is promised.");
  auto shown = TRY(read_record(place));
  evidence::ReceiptRecord record{.journal = shown.journal,
                                 .index = place.index,
                                 .commitments = evidence::commitments(shown),
                                 .opened = evidence::opened(std::move(shown))};
  auto promise = promises->make({record.journal, record.index, record.leaf()});
  return evidence::write_receipt(evidence::PromisedReceipt{std::move(record), std::move(promise)});
}

Result<evidence::ShownRecord> Sealer::read_record(RecordPlace place) const {
  auto stored = TRY(ledger_.journals().records(place.slot, place.index, 1));
  if (stored.empty()) return fail(Code::RecordNotFound, "The journal has no such record.");
  return evidence::decode_shown(as_bytes(stored.front().bytes));
}

}  // namespace vitrine::ledger
