// Entity tags: a new one for each change that a client can see.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace vitrine::blobs {

/// Spelled "0x8DE27B3C4A5D6E0" as Azure does: the time of the change in 100 ns ticks since the year 1.
class ETag {
 public:
  /// A tag for a change now, different from and above the one before.
  static ETag next(Timestamp now, ETag before);
  static ETag from_number(std::uint64_t number) { return ETag(number); }
  ETag() = default;

  /// Without quotes, as in listings.
  [[nodiscard]] std::string text() const;
  /// With quotes, as in headers (RFC 9110 §8.8.3).
  [[nodiscard]] std::string quoted() const;
  [[nodiscard]] std::uint64_t number() const { return number_; }
  auto operator<=>(const ETag&) const = default;

 private:
  explicit ETag(std::uint64_t number) : number_(number) {}
  std::uint64_t number_ = 0;
};

}  // namespace vitrine::blobs
