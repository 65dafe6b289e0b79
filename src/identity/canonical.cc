#include "identity/canonical.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace vitrine::identity {
namespace {

constexpr std::string_view kServicePrefix = "x-ms-";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// Each character's place in the service's collation; 0 for those that do not count.
constexpr auto kPlaces = [] {
  constexpr std::string_view kOrder = "!#$%&*.^_`|~+0123456789abcdefghijklmnopqrstuvwxyz";
  std::array<unsigned char, 256> places{};
  for (std::size_t i = 0; i < kOrder.size(); ++i)
    places[static_cast<unsigned char>(kOrder[i])] = static_cast<unsigned char>(i + 1);
  return places;
}();

unsigned char place(char c) {
  return kPlaces[static_cast<unsigned char>(c)];
}

}  // namespace

std::string to_lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

bool is_same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view header_value(std::span<const NameValue> headers, std::string_view lower_name) {
  for (auto [name, value] : headers)
    if (std::ranges::equal(name, lower_name, {}, lower)) return trim(value);
  return {};
}

const NameValue* find_parameter(std::span<const NameValue> query, std::string_view lower_name) {
  for (const auto& parameter : query)
    if (std::ranges::equal(parameter.name, lower_name, {}, lower)) return &parameter;
  return nullptr;
}

bool collates_before(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  for (;; ++i, ++j) {
    while (i < a.size() && place(a[i]) == 0) ++i;
    while (j < b.size() && place(b[j]) == 0) ++j;
    if (i == a.size() || j == b.size()) break;
    if (place(a[i]) != place(b[j])) return place(a[i]) < place(b[j]);
  }
  if (i != a.size() || j != b.size()) return i == a.size();
  auto [at_a, at_b] = std::ranges::mismatch(a, b);
  bool hyphen_first_in_b = at_b != b.end() && place(*at_b) == 0;
  bool hyphen_first_in_a = at_a != a.end() && place(*at_a) == 0;
  return hyphen_first_in_b && !hyphen_first_in_a;
}

std::string canonical_headers(std::span<const NameValue> headers,
                              bool (*before)(std::string_view, std::string_view)) {
  std::vector<std::pair<std::string, std::string_view>> lines;
  lines.reserve(headers.size());
  for (auto [name, value] : headers)
    if (std::ranges::equal(name.substr(0, kServicePrefix.size()), kServicePrefix, {}, lower))
      lines.emplace_back(to_lower(name), trim(value));
  std::ranges::sort(lines, before, [](const auto& line) -> std::string_view { return line.first; });
  std::size_t size = 0;
  for (const auto& [name, value] : lines) size += name.size() + value.size() + 2;
  std::string text;
  text.reserve(size);
  for (const auto& [name, value] : lines) text.append(name).append(":").append(value).append("\n");
  return text;
}

std::string canonical_query(std::span<const NameValue> query) {
  std::map<std::string, std::vector<std::string_view>> parameters;
  for (auto [name, value] : query) parameters[to_lower(name)].push_back(value);
  std::string text;
  for (auto& [name, values] : parameters) {
    std::ranges::sort(values);
    text.append("\n").append(name).append(":").append(values.front());
    for (auto value : std::span(values).subspan(1)) text.append(",").append(value);
  }
  return text;
}

}  // namespace vitrine::identity
