#include "evidence/record_ranges.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ranges>

namespace vitrine::evidence {
namespace {

constexpr std::size_t kMostDigits = 18;

Result<std::uint64_t> parse_index(std::string_view text) {
  std::uint64_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error == std::errc() && end == text.data() + text.size() && text.size() <= kMostDigits) return index;
  return fail(Code::InvalidInput, fmt::format("'{}' is not the index of a record.", text.substr(0, 40)));
}

std::string to_text(const RecordRange& range) {
  return range.first == range.last ? fmt::to_string(range.first)
                                   : fmt::format("{}-{}", range.first, range.last);
}

Result<RecordRange> parse_range(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = TRY(parse_index(text.substr(0, dash)));
  return RecordRange{first, dash == std::string_view::npos ? first : TRY(parse_index(text.substr(dash + 1)))};
}

}  // namespace

std::string to_text(const RecordRanges& ranges) {
  std::string text;
  for (const auto& range : ranges) text += (text.empty() ? "" : ",") + to_text(range);
  return text;
}

Result<RecordRanges> parse_ranges(std::string_view text) {
  RecordRanges ranges;
  for (const auto part : std::views::split(text, ',')) {
    ranges.push_back(TRY(parse_range(std::string_view(part))));
    const auto& range = ranges.back();
    const bool is_behind = ranges.size() == 1 || range.first > ranges[ranges.size() - 2].last + 1;
    if (range.first > range.last || !is_behind || ranges.size() > kMostRanges)
      return fail(Code::InvalidInput,
                  fmt::format("Records are named as in 4-9,17: at most {} ranges, in order, with others in "
                              "between.",
                              kMostRanges));
  }
  if (!ranges.empty() && to_text(ranges) == text) return ranges;
  return fail(Code::InvalidInput, "Records are named as in 4-9,17, without spaces or zeros in front.");
}

RecordRanges merged(RecordRanges ranges) {
  std::ranges::sort(ranges, {}, &RecordRange::first);
  RecordRanges out;
  for (const auto& range : ranges) {
    if (!out.empty() && range.first <= out.back().last + 1)
      out.back().last = std::max(out.back().last, range.last);
    else
      out.push_back(range);
  }
  return out;
}

std::uint64_t count(const RecordRanges& ranges) {
  std::uint64_t count = 0;
  for (const auto& range : ranges) count += range.last - range.first + 1;
  return count;
}

bool contains(const RecordRanges& ranges, std::uint64_t index) {
  const auto behind = std::ranges::upper_bound(ranges, index, {}, &RecordRange::first);
  return behind != ranges.begin() && index <= std::prev(behind)->last;
}

}  // namespace vitrine::evidence
