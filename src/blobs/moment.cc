#include "blobs/moment.h"

#include <fmt/format.h>

#include <algorithm>

namespace vitrine::blobs {
namespace {

constexpr std::uint64_t kTicksInMicrosecond = 10;
constexpr std::size_t kTextSize = std::string_view("2026-11-22T10:30:00.1234567Z").size();

}  // namespace

std::uint64_t ticks_at(Timestamp time) {
  return kTicksBefore1970 + static_cast<std::uint64_t>(to_micros(time)) * kTicksInMicrosecond;
}

Moment Moment::next(Timestamp now, Moment before) {
  return Moment(std::max(ticks_at(now), before.ticks_ + 1));
}

Result<Moment> Moment::parse(std::string_view text) {
  auto time = parse_iso8601(text);
  if (!time || text.size() != kTextSize)
    return fail(Code::InvalidInput,
                "A snapshot or version is named by the time that was given with it, to seven decimals.");
  auto last_digit = static_cast<std::uint64_t>(text[kTextSize - 2] - '0');
  return Moment(ticks_at(*time) + last_digit);
}

std::string Moment::text() const {
  auto since_1970 = static_cast<std::int64_t>(ticks_ - kTicksBefore1970);
  constexpr std::int64_t kTicks = kTicksInMicrosecond;
  auto tick = (since_1970 % kTicks + kTicks) % kTicks;
  auto text = to_iso8601(from_micros((since_1970 - tick) / kTicks));
  text[kTextSize - 2] = static_cast<char>('0' + tick);
  return text;
}

}  // namespace vitrine::blobs
