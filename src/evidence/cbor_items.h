// Items that several evidence formats share.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

#include "base/cbor.h"

namespace vitrine::evidence {

/// A byte string of 32 bytes: a digest, salt or journal id. Errors: Corrupt.
inline Result<std::array<std::uint8_t, 32>> read_bytes32(CborReader& in) {
  std::array<std::uint8_t, 32> out;
  std::ranges::copy(TRY(in.bytes(out.size())), out.begin());
  return out;
}

/// A point in time from 1970 to 9999, in units of `Duration` since 1970. Errors: Corrupt.
template <class Duration>
Result<std::chrono::sys_time<Duration>> read_time(CborReader& in) {
  constexpr Duration kEnd = std::chrono::sys_days(std::chrono::year{10000} / 1 / 1).time_since_epoch();
  Duration time(TRY(in.integer()));
  if (time >= Duration::zero() && time < kEnd) return std::chrono::sys_time<Duration>(time);
  return fail(Code::Corrupt, "A time lies before 1970 or after 9999.");
}

}  // namespace vitrine::evidence
