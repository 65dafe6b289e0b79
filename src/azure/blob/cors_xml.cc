#include "azure/blob/cors_xml.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "azure/blob/service_properties_xml.h"
#include "azure/blob/xml_document.h"

namespace vitrine::azure::blob {
namespace {

using blobs::CorsRule;

constexpr std::string_view kRule = "CorsRule", kAny = "*";
constexpr std::size_t kLongestText = 256;
constexpr std::string_view kMethods[] = {"DELETE", "GET", "HEAD", "MERGE", "OPTIONS", "PATCH", "POST", "PUT"};

std::unexpected<Error> bad_value(std::string_view element) {
  return fail(Code::InvalidXmlNodeValue,
              fmt::format("The element {} of a CORS rule has no valid value.", element));
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  const auto first = text.find_first_not_of(kSpaces);
  return first == std::string_view::npos ? ""
                                         : text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

/// The texts between commas; none in an empty element.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  if (trimmed(text).empty()) return parts;
  for (;;) {
    const auto comma = std::min(text.find(','), text.size());
    parts.emplace_back(trimmed(text.substr(0, comma)));
    if (comma == text.size()) return parts;
    text.remove_prefix(comma + 1);
  }
}

Result<std::string_view> text_of(const pugi::xml_node& rule, const char* element) {
  const auto child = rule.child(element);
  if (!child) return invalid_xml(fmt::format("has a CORS rule without the element {}", element));
  return std::string_view(child.text().get());
}

bool is_visible(char c) {
  return c > 0x20 && c < 0x7f;
}

/// What browsers send, or with one '*' for the first labels of its host.
bool is_origin(std::string_view text) {
  const auto star = text.find('*');
  const bool is_plain = star == std::string_view::npos;
  const bool is_subdomains = !is_plain && text.find('*', star + 1) == std::string_view::npos &&
                             text.substr(star + 1).starts_with('.') && text.substr(0, star).ends_with("://");
  return !text.empty() && text.size() <= kLongestText && std::ranges::all_of(text, is_visible) &&
         (is_plain || is_subdomains);
}

/// A token (RFC 9110 §5.6.2), which may end in a '*' that stands for any ending.
bool is_header(std::string_view text) {
  const auto is_token = [](char c) {
    return is_visible(c) && !std::string_view("\"(),/:;<=>?@[\\]{}").contains(c);
  };
  return !text.empty() && text.size() <= kLongestText && std::ranges::all_of(text, is_token);
}

Result<std::vector<std::string>> parse_origins(const pugi::xml_node& rule) {
  constexpr const char* kElement = "AllowedOrigins";
  auto origins = split(TRY(text_of(rule, kElement)));
  if (origins.empty() || origins.size() > blobs::kMostCorsOrigins) return bad_value(kElement);
  if (origins.size() == 1 && origins[0] == kAny) return origins;
  if (!std::ranges::all_of(origins, is_origin)) return bad_value(kElement);
  return origins;
}

Result<std::vector<std::string>> parse_methods(const pugi::xml_node& rule) {
  constexpr const char* kElement = "AllowedMethods";
  auto methods = split(TRY(text_of(rule, kElement)));
  const auto is_method = [](const std::string& text) { return std::ranges::count(kMethods, text) > 0; };
  if (methods.empty() || methods.size() > std::size(kMethods) || !std::ranges::all_of(methods, is_method))
    return bad_value(kElement);
  return methods;
}

Result<std::vector<std::string>> parse_headers(const pugi::xml_node& rule, const char* element) {
  auto headers = split(TRY(text_of(rule, element)));
  const auto is_prefix = [](const std::string& text) { return text.ends_with('*'); };
  const auto prefixes = static_cast<std::size_t>(std::ranges::count_if(headers, is_prefix));
  if (prefixes > blobs::kMostCorsPrefixes || headers.size() - prefixes > blobs::kMostCorsHeaders ||
      !std::ranges::all_of(headers, is_header))
    return bad_value(element);
  return headers;
}

Result<std::chrono::seconds> parse_max_age(const pugi::xml_node& rule) {
  constexpr const char* kElement = "MaxAgeInSeconds";
  const auto text = trimmed(TRY(text_of(rule, kElement)));
  std::int32_t seconds = -1;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (problem != std::errc() || end != text.data() + text.size() || seconds < 0) return bad_value(kElement);
  return std::chrono::seconds(seconds);
}

Result<CorsRule> parse_rule(const pugi::xml_node& rule) {
  return CorsRule{.origins = TRY(parse_origins(rule)),
                  .methods = TRY(parse_methods(rule)),
                  .allowed_headers = TRY(parse_headers(rule, "AllowedHeaders")),
                  .exposed_headers = TRY(parse_headers(rule, "ExposedHeaders")),
                  .max_age = TRY(parse_max_age(rule))};
}

std::size_t length_of(const pugi::xml_node& rule) {
  std::size_t length = 0;
  for (const auto& element : rule.children()) length += std::string_view(element.text().get()).size();
  return length;
}

}  // namespace

void write_cors(XmlWriter& xml, const std::vector<CorsRule>& rules) {
  xml.open("Cors");
  for (const auto& rule : rules) {
    xml.open(kRule);
    xml.text("AllowedOrigins", fmt::format("{}", fmt::join(rule.origins, ",")));
    xml.text("AllowedMethods", fmt::format("{}", fmt::join(rule.methods, ",")));
    xml.text("AllowedHeaders", fmt::format("{}", fmt::join(rule.allowed_headers, ",")));
    xml.text("ExposedHeaders", fmt::format("{}", fmt::join(rule.exposed_headers, ",")));
    xml.number("MaxAgeInSeconds", static_cast<std::uint64_t>(rule.max_age.count()));
    xml.close(kRule);
  }
  xml.close("Cors");
}

Result<std::vector<CorsRule>> parse_cors(const pugi::xml_node& cors) {
  std::vector<CorsRule> rules;
  std::size_t length = 0;
  for (const auto& element : cors.children()) {
    if (std::string_view(element.name()) != kRule)
      return invalid_xml(fmt::format("holds something else than {} in Cors", kRule));
    if (rules.size() == blobs::kMostCorsRules)
      return invalid_xml(fmt::format("has more than {} CORS rules", blobs::kMostCorsRules));
    length += length_of(element);
    rules.push_back(TRY(parse_rule(element)));
  }
  if (length > kMostCorsBytes)
    return invalid_xml(fmt::format("has CORS rules of more than {} bytes", kMostCorsBytes));
  return rules;
}

}  // namespace vitrine::azure::blob
