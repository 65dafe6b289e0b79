// Points in time and their spellings.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/error.h"

namespace vitrine {

/// UTC, in microseconds since 1970.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// Where the server reads the time; tests put their own in its place.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp now() const = 0;
};

/// The machine's clock.
const Clock& system_clock();

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7, IMF-fixdate), to the second.
std::string to_http_date(Timestamp time);
/// Accepts IMF-fixdate only. Errors: InvalidHeaderValue.
Result<Timestamp> parse_http_date(std::string_view text);

/// "2026-11-22T10:30:00.0000000Z", the form of the Azure wire (seven decimals).
std::string to_iso8601(Timestamp time);
/// Accepts a date, or date and time to minutes, seconds or up to 7 decimals, followed by Z; as SAS tokens
/// carry them. Errors: InvalidInput.
Result<Timestamp> parse_iso8601(std::string_view text);

/// Microseconds since 1970 and back: the stored form.
inline std::int64_t to_micros(Timestamp time) {
  return time.time_since_epoch().count();
}
inline Timestamp from_micros(std::int64_t micros) {
  return Timestamp{std::chrono::microseconds{micros}};
}

}  // namespace vitrine
