// Moments that name versions and snapshots.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace vitrine::blobs {

/// A point in time to 100 ns, one of its kind within a blob: a later version or snapshot has a later one,
/// whatever the clock says. Spelled "2026-11-22T10:30:00.1234567Z", as Azure spells version ids and
/// snapshots.
class Moment {
 public:
  /// Now, or the first moment after `before` if that is later.
  static Moment next(Timestamp now, Moment before);
  /// In ticks of 100 ns since the year 1.
  static Moment from_ticks(std::uint64_t ticks) { return Moment(ticks); }
  /// Seven decimals and a Z, nothing less. Errors: InvalidInput.
  static Result<Moment> parse(std::string_view text);
  Moment() = default;

  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::uint64_t ticks() const { return ticks_; }
  auto operator<=>(const Moment&) const = default;

 private:
  explicit Moment(std::uint64_t ticks) : ticks_(ticks) {}
  std::uint64_t ticks_ = 0;
};

/// In ticks since the year 1.
std::uint64_t ticks_at(Timestamp time);

/// 1 January of the year 1 to 1 January 1970, in ticks.
inline constexpr std::uint64_t kTicksBefore1970 = 621'355'968'000'000'000;

}  // namespace vitrine::blobs
