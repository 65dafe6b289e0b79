#include "azure/blob/unoffered.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace vitrine::azure::blob {
namespace {

struct Rule {
  std::string_view name;      // of a header or parameter
  std::string_view feature;   // as a person reads it
  std::string_view harmless;  // the value that asks for what holds anyway
};

constexpr Rule kHeaders[] = {
    {"x-ms-source-encryption-key", "customer-provided keys of sources", ""},
    {"x-ms-source-encryption-key-sha256", "customer-provided keys of sources", ""},
    {"x-ms-source-encryption-algorithm", "customer-provided keys of sources", ""},
    {"x-ms-encryption-scope", "encryption scopes", "$account-encryption-key"},
    {"x-ms-default-encryption-scope", "encryption scopes", "$account-encryption-key"},
    {"x-ms-deny-encryption-scope-override", "encryption scopes", "false"},
    {"x-ms-structured-body", "structured bodies", ""},
};

constexpr Rule kParameters[] = {
    {"startfrom", "listing from a name on", ""},
    {"endbefore", "listing up to a name", ""},
};

Result<void> refuse(std::span<const Rule> rules, std::string_view name, std::string_view value) {
  auto rule = std::ranges::find_if(
      rules, [&](const Rule& candidate) { return http::equal_ignoring_case(candidate.name, name); });
  if (rule == rules.end() || value.empty() || http::equal_ignoring_case(value, rule->harmless)) return {};
  return fail(Code::NotImplemented,
              fmt::format("This server does not offer {}; leave '{}' out.", rule->feature, rule->name));
}

Result<void> check_header(std::string_view name, std::string_view value) {
  if (!http::equal_ignoring_case(name.substr(0, 5), "x-ms-")) return {};
  return refuse(kHeaders, name, value);
}

Result<void> check_parameter(std::string_view name, std::string_view value) {
  return refuse(kParameters, name, value);
}

}  // namespace

Result<void> refuse_unoffered(const http::Request& request) {
  for (auto [name, value] : request.headers) TRY(check_header(name, value));
  for (const auto& [name, value] : request.target.query) TRY(check_parameter(name, value));
  return {};
}

}  // namespace vitrine::azure::blob
