#include "ledger/retention_clock.h"

#include <algorithm>

#include "ledger/count_row.h"
#include "ledger/sealer_rows.h"

namespace vitrine::ledger {
namespace {

const store::Key kRow{store::Table::State, "retention/time"};
constexpr int kFaster = 2;

}  // namespace

Result<void> RetentionClock::load(Steady now) {
  advanced_ = now;
  const auto row = TRY(store_->look_up(kRow));
  if (row.exists()) {
    known_ = Timestamp(std::chrono::microseconds(TRY(decode_count(row.value))));
    return {};
  }
  const auto last = TRY(store_->look_up(last_seal_key()));
  known_ = last.exists() ? Timestamp(TRY(decode_last_seal(last.value)).seal.time) : clock_->now();
  return {};
}

Timestamp RetentionClock::advance(Steady now) {
  const auto ran = std::chrono::floor<std::chrono::microseconds>(now - advanced_);
  advanced_ = now;
  const auto time = clock_->now();
  known_ = std::max(known_, std::min(time, known_ + kFaster * ran));
  return std::min(time, known_);
}

store::Write RetentionClock::row_of(Timestamp time) {
  return {kRow, encode_count(static_cast<std::uint64_t>(time.time_since_epoch().count()))};
}

}  // namespace vitrine::ledger
