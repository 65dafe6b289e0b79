#include "blobs/etag.h"

#include <fmt/format.h>

#include <algorithm>

namespace vitrine::blobs {
namespace {

/// 1 January of the year 1 to 1 January 1970, in ticks of 100 ns.
constexpr std::uint64_t kTicksBefore1970 = 621'355'968'000'000'000;

}  // namespace

ETag ETag::next(Timestamp now, ETag before) {
  return ETag(
      std::max(kTicksBefore1970 + static_cast<std::uint64_t>(to_micros(now)) * 10, before.number_ + 1));
}

std::string ETag::text() const {
  return fmt::format("0x{:X}", number_);
}
std::string ETag::quoted() const {
  return fmt::format("\"0x{:X}\"", number_);
}

}  // namespace vitrine::blobs
