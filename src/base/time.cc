#include "base/time.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

namespace vitrine {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

class SystemClock final : public Clock {
 public:
  Timestamp now() const override { return floor<microseconds>(std::chrono::system_clock::now()); }
};

/// A fixed-width decimal field; nothing if any character is not a digit or the text is too short.
std::optional<unsigned> digits(std::string_view text, std::size_t at, std::size_t width) {
  if (text.size() < at + width) return std::nullopt;
  unsigned value = 0;
  for (char c : text.substr(at, width)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value;
}

/// Over the field.
void put_digits(std::string& text, std::size_t at, std::size_t width, unsigned value) {
  for (auto end = at + width; end > at; value /= 10) text[--end] = static_cast<char>('0' + value % 10);
}

std::optional<Timestamp> make_time(unsigned y, unsigned mo, unsigned d, unsigned h, unsigned mi, unsigned s) {
  year_month_day date{year{static_cast<int>(y)}, month{mo}, day{d}};
  if (!date.ok() || h > 23 || mi > 59 || s > 59) return std::nullopt;
  return Timestamp{sys_days{date}} + hours{h} + minutes{mi} + seconds{s};
}

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

std::string to_http_date(Timestamp time) {
  auto day_point = floor<days>(time);
  year_month_day date{day_point};
  hh_mm_ss clock{floor<seconds>(time - day_point)};
  // By hand: a listing spells two for each name.
  std::string text = "Thu, 01 Jan 1970 00:00:00 GMT";
  text.replace(0, 3, kDays[weekday{day_point}.c_encoding()]);
  put_digits(text, 5, 2, unsigned{date.day()});
  text.replace(8, 3, kMonths[unsigned{date.month()} - 1]);
  put_digits(text, 12, 4, static_cast<unsigned>(int{date.year()}));
  put_digits(text, 17, 2, static_cast<unsigned>(clock.hours().count()));
  put_digits(text, 20, 2, static_cast<unsigned>(clock.minutes().count()));
  put_digits(text, 23, 2, static_cast<unsigned>(clock.seconds().count()));
  return text;
}

Result<Timestamp> parse_http_date(std::string_view text) {
  auto bad = [&] { return fail(Code::InvalidHeaderValue, fmt::format("'{}' is not an HTTP date.", text)); };
  if (text.size() != 29 || text.substr(25) != " GMT") return bad();
  unsigned month_number = 0;
  for (unsigned i = 0; i < kMonths.size(); ++i)
    if (text.substr(8, 3) == kMonths[i]) month_number = i + 1;
  auto d = digits(text, 5, 2), y = digits(text, 12, 4), h = digits(text, 17, 2);
  auto mi = digits(text, 20, 2), s = digits(text, 23, 2);
  if (month_number == 0 || !d || !y || !h || !mi || !s) return bad();
  auto time = make_time(*y, month_number, *d, *h, *mi, *s);
  if (!time) return bad();
  return *time;
}

std::string to_iso8601(Timestamp time) {
  auto day_point = floor<days>(time);
  year_month_day date{day_point};
  hh_mm_ss clock{time - day_point};
  return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}0Z"), int{date.year()},
                     unsigned{date.month()}, unsigned{date.day()}, clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

Result<Timestamp> parse_iso8601(std::string_view text) {
  auto bad = [&] { return fail(Code::InvalidInput, fmt::format("'{}' is not an ISO 8601 UTC time.", text)); };
  auto y = digits(text, 0, 4), mo = digits(text, 5, 2), d = digits(text, 8, 2);
  if (!y || !mo || !d || text[4] != '-' || text[7] != '-') return bad();
  unsigned h = 0, mi = 0, s = 0;
  std::int64_t micros = 0;
  std::string_view rest = text.substr(10);
  if (!rest.empty()) {
    if (rest.size() < 7 || rest[0] != 'T' || rest.back() != 'Z' || rest[3] != ':') return bad();
    auto hour = digits(rest, 1, 2), minute = digits(rest, 4, 2);
    if (!hour || !minute) return bad();
    h = *hour, mi = *minute;
    rest = rest.substr(6, rest.size() - 7);
    if (!rest.empty()) {
      auto second = digits(rest, 1, 2);
      if (rest[0] != ':' || !second) return bad();
      s = *second;
      rest = rest.substr(3);
    }
    if (!rest.empty()) {
      auto fraction = digits(rest, 1, rest.size() - 1);
      if (rest[0] != '.' || rest.size() < 2 || rest.size() > 8 || !fraction) return bad();
      std::int64_t tenth_micros = *fraction;
      for (auto width = rest.size() - 1; width < 7; ++width) tenth_micros *= 10;
      micros = tenth_micros / 10;
    }
  }
  auto time = make_time(*y, *mo, *d, h, mi, s);
  if (!time) return bad();
  return *time + microseconds{micros};
}

}  // namespace vitrine
