#include "azure/blob/unoffered.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace vitrine::azure::blob {
namespace {

struct Rule {
  std::string_view name;      // of a header
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

Result<void> refuse(std::string_view name, std::string_view value) {
  const auto* rule = std::ranges::find_if(
      kHeaders, [&](const Rule& candidate) { return http::equal_ignoring_case(candidate.name, name); });
  if (rule == std::end(kHeaders) || value.empty() || http::equal_ignoring_case(value, rule->harmless))
    return {};
  return fail(Code::NotImplemented,
              fmt::format("This server does not offer {}; leave '{}' out.", rule->feature, rule->name));
}

}  // namespace

Result<void> refuse_unoffered(const http::Request& request) {
  for (auto [name, value] : request.headers)
    if (http::equal_ignoring_case(name.substr(0, 5), "x-ms-")) TRY(refuse(name, value));
  return {};
}

}  // namespace vitrine::azure::blob
