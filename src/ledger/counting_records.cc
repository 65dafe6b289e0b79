#include "ledger/counting_records.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <numeric>
#include <utility>

#include "base/encoding.h"
#include "base/log.h"
#include "base/thread_name.h"
#include "crypto/mac.h"
#include "ledger/journal_record.h"

namespace vitrine::ledger {
namespace {

constexpr boost::asio::use_awaitable_t<boost::asio::io_context::executor_type> kAwait{};
/// In one commit, so that many accounts do not cost many syncs, and no commit is large.
constexpr std::size_t kRecordsAtOnce = 1'000;
/// Looked through at a time for a record whose commit had an unknown outcome.
constexpr std::size_t kEntriesAtATime = 4'096;

evidence::RecordContents contents(const RefusalCounts& counts, const crypto::Sha256Digest& bundle_hash,
                                  Timestamp now) {
  evidence::RecordContents out;
  out.who = {.principal = "unidentified", .credential = "none", .client_class = {}};
  out.what.action = "requests.refused";
  out.why.decision = evidence::Decision::Denied;
  out.why.bundle_hash = bundle_hash;
  out.outcome.measure = evidence::Measure::Actual;
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0)
      out.outcome.quantities.push_back({std::string(name(static_cast<Refusal>(i))), counts[i]});
  out.outcome.time = now;
  out.outcome.request_id = to_hex(crypto::random_array<16>());
  return out;
}

void put(RefusalsBySlot& to, RefusalsBySlot counted) {
  for (auto& [slot, from] : counted) {
    auto& row = to[slot];
    row.of = std::move(from.of);
    add(row.counts, from.counts);
  }
}

std::uint64_t sum(const RefusalsBySlot& counted) {
  std::uint64_t sum = 0;
  for (const auto& [slot, row] : counted) sum = std::accumulate(row.counts.begin(), row.counts.end(), sum);
  return sum;
}

}  // namespace

CountingRecords::CountingRecords(Ledger& ledger, store::Store& store, Refusals& refusals, const Clock& clock,
                                 CountingOptions options)
    : ledger_(ledger), store_(store), refusals_(refusals), clock_(clock), options_(options) {}

CountingRecords::~CountingRecords() {
  stop();
}

void CountingRecords::start() {
  boost::asio::co_spawn(io_, run(), boost::asio::detached);
  thread_ = std::thread([this] {
    name_thread("counting");
    io_.run();
  });
}

void CountingRecords::stop() {
  if (!thread_.joinable()) return;
  boost::asio::post(io_, [this] {
    stopping_ = true;
    timer_.cancel();
  });
  thread_.join();
}

Task<void> CountingRecords::run() {
  for (bool last_round = false; !last_round;) {
    timer_.expires_after(options_.interval);
    if (!stopping_) co_await timer_.async_wait(boost::asio::as_tuple(kAwait));
    last_round = stopping_;
    tell(co_await flush(), last_round);
  }
}

/// Once for each time that the store takes no commits, not each second of it.
void CountingRecords::tell(const Result<void>& flushed, bool last_round) {
  const bool told = std::exchange(failing_, !flushed);
  if (flushed) return;
  const auto& error = flushed.error().message;
  if (last_round)
    log::error("Refused requests were counted that no record tells of",
               {{"requests", std::to_string(left())}, {"error", error}});
  else if (!told)
    log::warn("Refused requests cannot be put on record; they are counted until they can",
              {{"error", error}});
}

Task<Result<void>> CountingRecords::flush() {
  put(waiting_, refusals_.take());
  CO_TRY(settle());
  while (!waiting_.empty()) {
    auto batch = take_batch();
    auto written = co_await ledger_.append(batch.records);
    if (written)
      records_ += batch.records.size();
    else if (written.error().code == Code::DeviceFailed)
      unsettled_ = std::move(batch);
    else
      put(waiting_, std::move(batch.counted));
    CO_TRY(std::move(written));
  }
  co_return Result<void>{};
}

CountingRecords::Batch CountingRecords::take_batch() {
  Batch batch;
  const auto now = clock_.now();
  while (!waiting_.empty() && batch.records.size() < kRecordsAtOnce) {
    const auto& [slot, counted] = *batch.counted.insert(waiting_.extract(waiting_.begin())).position;
    batch.records.push_back(journal_record(slot, {counted.of->account().journal},
                                           contents(counted.counts, options_.bundle_hash, now)));
  }
  batch.first_index = store_.journal_size(batch.records.front().slot);
  return batch;
}

/// A commit takes effect whole or not at all, so its first record tells, once the store knows itself.
Result<void> CountingRecords::settle() {
  if (!unsettled_) return {};
  TRY(store_.takes_commits());
  if (TRY(is_in_journal(*unsettled_)))
    records_ += unsettled_->records.size();
  else
    put(waiting_, std::move(unsettled_->counted));
  unsettled_.reset();
  return {};
}

Result<bool> CountingRecords::is_in_journal(const Batch& batch) const {
  const auto& sought = batch.records.front();
  for (auto at = batch.first_index;;) {
    const auto entries = TRY(ledger_.journals().records(sought.slot, at, kEntriesAtATime));
    if (entries.empty()) return false;
    if (std::ranges::any_of(entries, [&](const auto& entry) { return entry.leaf == sought.leaf; }))
      return true;
    at += entries.size();
  }
}

std::uint64_t CountingRecords::left() const {
  return sum(waiting_) + (unsettled_ ? sum(unsettled_->counted) : 0);
}

}  // namespace vitrine::ledger
