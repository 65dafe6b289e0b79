// What the sealer keeps in the State table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "evidence/seal.h"
#include "store/store.h"

namespace vitrine::ledger {

/// Before the rows of entries that wait for the next seal, and behind them.
inline constexpr std::string_view kPending = "pending/";
inline constexpr std::string_view kBehindPending = "pending0";
/// A row that asks the sealer to publish an entry; written in the commit of the act that it tells of.
/// `order` sorts entries of one kind.
store::Write pending_entry(const evidence::PublicEntry& entry, std::string_view order);

/// The last seal and where it is in the public log. Errors: Corrupt.
struct LastSeal {
  std::uint64_t log_index = 0;
  evidence::Seal seal;
};
const store::Key& last_seal_key();
std::string encode_last_seal(const LastSeal& last);
Result<LastSeal> decode_last_seal(std::string_view row);

/// The time for an entry of the public log: the clock's, but never before the last seal, so that a clock that
/// is set back takes no entry back with it. Errors: Corrupt; those of the store.
Result<evidence::Seconds> log_time(const store::Store& store, const Clock& clock);

/// There when the run before ended in order.
const store::Key& clean_stop_key();
/// There while a recovery is under way, also one that was broken off: how many entries the store's log had
/// when it began.
const store::Key& recovering_key();
/// There between a recovery's last commit and the next seal.
const store::Key& recovered_key();

}  // namespace vitrine::ledger
