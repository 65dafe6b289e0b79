#include "ledger/retention.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "crypto/mac.h"
#include "evidence/stated_gaps.h"
#include "ledger/dropped_records.h"
#include "ledger/journal_record.h"

namespace vitrine::ledger {
namespace {

using tlog::kTileWidth;

/// Bound how long a seal waits.
constexpr unsigned kBundlesAtATime = 32;
constexpr unsigned kFilesAtATime = 64;

evidence::RecordContents statement(const RetentionOptions& options, std::uint64_t from, std::uint64_t up_to,
                                   Timestamp now) {
  evidence::RecordContents out;
  out.who = {.principal = "system", .credential = "none", .client_class = {}};
  out.what = {.service = "storage",
              .action = std::string(evidence::kExpireAction),
              .container = {},
              .blob = evidence::to_text({{0, up_to - 1}}),
              .version = {}};
  out.why.purpose = "operations";
  out.why.basis = fmt::format("kept for {} days", std::chrono::floor<std::chrono::days>(options.age).count());
  out.why.decision = evidence::Decision::Permitted;
  out.why.bundle_hash = options.bundle_hash;
  out.outcome.measure = evidence::Measure::Actual;
  out.outcome.quantities = {{"items", up_to - from}};
  out.outcome.time = now;
  out.outcome.request_id = to_hex(crypto::random_array<16>());
  return out;
}

}  // namespace

Result<void> Retention::load() {
  for (const auto stream : TRY(streams_with_dropped(*store_))) stated_.insert(stream);
  return time_.load();
}

Task<Result<void>> Retention::state(const SealedJournals& journals) {
  const auto now = std::chrono::steady_clock::now();
  if (!options_ || now < next_round_) co_return Result<void>{};
  if (slot_ == 0 && !bundle_) {
    round_began_ = now;
    CO_TRY(co_await begin_round());
  }
  for (unsigned looked = 0; looked < kBundlesAtATime && slot_ < journals.slots(); ++looked) {
    const auto done = co_await look_at_next(journals);
    if (done) continue;
    ++slot_;
    bundle_.reset();
    co_return done;
  }
  if (slot_ < journals.slots()) co_return Result<void>{};
  slot_ = 0;
  next_round_ = round_began_ + options_->pause;
  co_return Result<void>{};
}

Task<Result<void>> Retention::begin_round() {
  now_ = time_.advance();
  std::vector<store::Write> writes{time_.row()};
  co_return co_await ledger_->write_seal(std::move(writes), {});
}

/// What was stated in a commit that was answered with an error, and is there all the same.
Result<void> Retention::find_left_behind(std::uint32_t stream, std::uint64_t dropped) {
  if (dropped == 0 || sealed_.contains(stream)) return {};
  if (TRY(files_.has(stream, tlog::BundleId{.index = dropped / kTileWidth - 1}))) stated_.insert(stream);
  return {};
}

/// One bundle, or the end of those that are old.
Task<Result<void>> Retention::look_at_next(const SealedJournals& journals) {
  const auto place = journals.place(slot_);
  const auto dropped = CO_TRY(dropped_below(*store_, place.stream));
  if (!bundle_) {
    CO_TRY(find_left_behind(place.stream, dropped));
    bundle_ = dropped / kTileWidth;
  }
  const bool is_in_file = (*bundle_ + 1) * kTileWidth <= store_->journal_front(place.stream);
  if (is_in_file && CO_TRY(is_old(place.stream, *bundle_))) {
    ++*bundle_;
    co_return Result<void>{};
  }
  const auto up_to = *bundle_ * kTileWidth;
  if (up_to > dropped) CO_TRY(co_await state(place, dropped, up_to));
  ++slot_;
  bundle_.reset();
  co_return Result<void>{};
}

Task<Result<void>> Retention::state(const identity::JournalPlace& place, std::uint64_t from,
                                    std::uint64_t up_to) {
  CO_TRY(co_await ledger_->write_dropped(
      journal_record(place.stream, {place.journal}, statement(*options_, from, up_to, clock_->now())),
      dropped_below_write(place.stream, up_to)));
  stated_.insert(place.stream);
  co_return Result<void>{};
}

/// What does not tell its time is kept.
Result<bool> Retention::is_old(std::uint32_t stream, std::uint64_t bundle) const {
  const auto young = now_ - options_->age;
  for (const auto& entry : TRY(ledger_->journals().records(stream, bundle * kTileWidth, kTileWidth))) {
    const auto record = TRY(evidence::decode_shown(as_bytes(entry.bytes)));
    const auto* outcome = open_facet(record, evidence::FacetKind::Outcome);
    if (!outcome || TRY(evidence::decode_outcome(outcome->cbor)).time >= young) return false;
  }
  return true;
}

void Retention::sealed() {
  sealed_.merge(stated_);
  stated_.clear();
}

Result<void> Retention::drop() {
  if (sealed_.empty() || store_->is_frozen()) return {};
  for (unsigned left = kFilesAtATime; left > 0 && !sealed_.empty();)
    if (const auto stream = *sealed_.begin(); TRY(drop_some(stream, left))) sealed_.erase(stream);
  return {};
}

/// The files go in order, so that those that are left are the last ones. Returns whether all are gone.
Result<bool> Retention::drop_some(std::uint32_t stream, unsigned& left) {
  const auto behind = TRY(dropped_below(*store_, stream)) / kTileWidth;
  auto first = behind;
  while (first > 0 && TRY(files_.has(stream, tlog::BundleId{.index = first - 1}))) --first;
  for (; first < behind && left > 0; ++first, --left)
    TRY(files_.remove(stream, tlog::BundleId{.index = first}));
  return first == behind;
}

}  // namespace vitrine::ledger
