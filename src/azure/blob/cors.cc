#include "azure/blob/cors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace vitrine::azure::blob {
namespace {

using blobs::CorsRule;

constexpr std::string_view kAny = "*";
/// Azure's own sentence.
constexpr std::string_view kMissing = "A required CORS header is not present.";
constexpr std::size_t kLongestOrigin = 1024, kLongestHeaderList = 8192;

bool is_visible(char c) {
  return c > 0x20 && c < 0x7f;
}

/// RFC 9110 §5.6.2.
bool is_token(std::string_view text) {
  const auto is_allowed = [](char c) {
    return is_visible(c) && !std::string_view("\"(),/:;<=>?@[\\]{}").contains(c);
  };
  return !text.empty() && std::ranges::all_of(text, is_allowed);
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Result<std::vector<std::string_view>> parse_names(std::string_view list) {
  std::vector<std::string_view> names;
  while (!list.empty()) {
    const auto name = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), name.size() + 1));
    if (trimmed(name).empty()) continue;
    names.push_back(trimmed(name));
    if (!is_token(names.back()))
      return fail(Code::InvalidHeaderValue, "Access-Control-Request-Headers holds what is no header's name.");
  }
  return names;
}

/// A '*' in an allowed origin stands for the first labels of its host.
bool matches_origin(std::string_view allowed, std::string_view origin) {
  const auto star = allowed.find('*');
  if (star == std::string_view::npos) return allowed == origin;
  const auto before = allowed.substr(0, star), behind = allowed.substr(star + 1);
  if (origin.size() <= before.size() + behind.size() || !origin.starts_with(before) ||
      !origin.ends_with(behind))
    return false;
  const auto labels = origin.substr(before.size(), origin.size() - before.size() - behind.size());
  return labels.find_first_of("/:@") == std::string_view::npos;
}

bool allows_any_origin(const CorsRule& rule) {
  return rule.origins.size() == 1 && rule.origins.front() == kAny;
}

bool allows_origin(const CorsRule& rule, std::string_view origin) {
  return allows_any_origin(rule) || std::ranges::any_of(rule.origins, [&](const std::string& allowed) {
           return matches_origin(allowed, origin);
         });
}

bool allows_method(const CorsRule& rule, std::string_view method) {
  return std::ranges::any_of(
      rule.methods, [&](const std::string& allowed) { return http::equal_ignoring_case(allowed, method); });
}

bool covers(std::span<const std::string> patterns, std::string_view header) {
  return std::ranges::any_of(patterns, [&](std::string_view pattern) {
    if (!pattern.ends_with('*')) return http::equal_ignoring_case(pattern, header);
    pattern.remove_suffix(1);
    return http::equal_ignoring_case(pattern, header.substr(0, pattern.size()));
  });
}

bool allows_headers(const CorsRule& rule, std::span<const std::string_view> headers) {
  return std::ranges::all_of(headers,
                             [&](std::string_view header) { return covers(rule.allowed_headers, header); });
}

/// The headers of the answer that the rule covers, then those that it names and the answer may get still.
std::string exposed_headers(const CorsRule& rule, const http::Headers& answer) {
  std::vector<std::string> names;
  const auto add = [&](std::string_view name) {
    const auto is_same = [&](const std::string& other) { return http::equal_ignoring_case(other, name); };
    if (!std::ranges::any_of(names, is_same)) names.emplace_back(name);
  };
  for (const auto& [name, value] : answer)
    if (covers(rule.exposed_headers, name)) add(name);
  for (const std::string_view name : {"Content-Length", "Date", "Connection", "Transfer-Encoding"})
    if (covers(rule.exposed_headers, name)) add(name);
  for (const auto& name : rule.exposed_headers)
    if (!name.ends_with('*')) add(name);
  return fmt::format("{}", fmt::join(names, ","));
}

}  // namespace

Result<PreflightQuestion> parse_preflight(const http::Headers& headers) {
  const auto origin = headers.get("Origin"), method = headers.get("Access-Control-Request-Method");
  if (!origin || !method) return fail(Code::InvalidHeaderValue, std::string(kMissing));
  if (origin->size() > kLongestOrigin || !std::ranges::all_of(*origin, is_visible))
    return fail(Code::InvalidHeaderValue, "The header Origin holds what is no origin.");
  if (!method->empty() && !is_token(*method))
    return fail(Code::InvalidHeaderValue, "Access-Control-Request-Method holds what is no method.");
  const auto list = headers.get("Access-Control-Request-Headers").value_or("");
  if (list.size() > kLongestHeaderList)
    return fail(Code::InvalidHeaderValue, "Access-Control-Request-Headers is too long.");
  return PreflightQuestion{*origin, *method, TRY(parse_names(list)), list};
}

const CorsRule* find_rule(std::span<const CorsRule> rules, const PreflightQuestion& question) {
  const auto found = std::ranges::find_if(rules, [&](const CorsRule& rule) {
    return allows_origin(rule, question.origin) && allows_method(rule, question.method) &&
           allows_headers(rule, question.headers);
  });
  return found == rules.end() ? nullptr : &*found;
}

http::Response preflight_answer(const CorsRule& rule, const PreflightQuestion& question) {
  auto response = http::Response::empty(200);
  auto& headers = response.headers;
  headers.add("Access-Control-Allow-Origin", question.origin);
  headers.add("Access-Control-Allow-Methods", question.method);
  if (!question.headers.empty()) headers.add("Access-Control-Allow-Headers", question.header_list);
  headers.add("Access-Control-Max-Age", std::to_string(rule.max_age.count()));
  headers.add("Access-Control-Allow-Credentials", "true");
  headers.add("Vary", "Origin");
  return response;
}

void add_cors(http::Headers& answer, std::span<const CorsRule> rules, std::string_view origin,
              std::string_view method) {
  if (rules.empty()) return;
  const auto rule = std::ranges::find_if(rules, [&](const CorsRule& candidate) {
    return allows_origin(candidate, origin) && allows_method(candidate, method);
  });
  const auto exposed = rule == rules.end() ? std::string() : exposed_headers(*rule, answer);
  const bool is_by_origin = rule == rules.end() || !allows_any_origin(*rule);
  if (is_by_origin) answer.add("Vary", "Origin");
  if (rule == rules.end()) return;
  // Of any origin the answer says so; of one that the rule names, it is among what the account's owner wrote.
  answer.add("Access-Control-Allow-Origin", is_by_origin ? origin : kAny);
  if (!exposed.empty()) answer.add("Access-Control-Expose-Headers", exposed);
  if (is_by_origin) answer.add("Access-Control-Allow-Credentials", "true");
}

}  // namespace vitrine::azure::blob
