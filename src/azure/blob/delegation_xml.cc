#include "azure/blob/delegation_xml.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "azure/blob/xml_document.h"
#include "azure/blob/xml_writer.h"
#include "base/encoding.h"

namespace vitrine::azure::blob {
namespace {

using std::chrono::floor;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr const char* kRoot = "KeyInfo";
constexpr std::size_t kLongestTenant = 64;

std::unexpected<Error> bad_value(std::string_view element, std::string_view what) {
  return fail(Code::InvalidXmlNodeValue, fmt::format("The element {} {}.", element, what));
}

Result<std::optional<sys_seconds>> parse_time(const pugi::xml_node& info, const char* element) {
  const std::string_view text = info.child(element).text().get();
  if (text.empty()) return std::optional<sys_seconds>();
  const auto time = parse_iso8601(text);
  if (!time) return bad_value(element, "holds no time in UTC");
  return std::optional(floor<seconds>(*time));
}

/// As clients spell it again: without decimals.
std::string to_text(sys_seconds time) {
  return to_iso8601(time).substr(0, sizeof("2026-11-22T10:30:00") - 1) + "Z";
}

}  // namespace

Result<identity::DelegationTerms> parse_key_info(std::string_view xml, Timestamp now) {
  auto document = TRY(parse_xml(xml, kRoot));
  const auto info = document.child(kRoot);
  const auto start = TRY(parse_time(info, "Start")).value_or(floor<seconds>(now));
  const auto expiry = TRY(parse_time(info, "Expiry"));
  if (!expiry) return bad_value("Expiry", "is missing");
  if (*expiry <= now || *expiry <= start) return bad_value("Expiry", "is over, or not behind the start");
  if (*expiry > now + identity::kLongestDelegation)
    return bad_value("Expiry", "is more than seven days away");
  const std::string_view tenant = info.child("DelegatedUserTid").text().get();
  if (tenant.size() > kLongestTenant ||
      !std::ranges::all_of(tenant, [](unsigned char c) { return c > 0x20 && c < 0x7f; }))
    return bad_value("DelegatedUserTid", "is no tenant's id");
  return identity::DelegationTerms{.object_id = {},
                                   .tenant = {},
                                   .key_start = to_text(start),
                                   .key_expiry = to_text(*expiry),
                                   .key_service = "b",
                                   .key_version = {},
                                   .delegated_tenant = std::string(tenant)};
}

std::string write_delegation_key(const identity::DelegationTerms& terms, const crypto::Aes256Key& key) {
  XmlWriter xml;
  xml.open("UserDelegationKey").text("SignedOid", terms.object_id).text("SignedTid", terms.tenant);
  xml.text("SignedStart", terms.key_start).text("SignedExpiry", terms.key_expiry);
  xml.text("SignedService", terms.key_service).text("SignedVersion", terms.key_version);
  if (!terms.delegated_tenant.empty()) xml.text("SignedDelegatedUserTid", terms.delegated_tenant);
  return xml.text("Value", to_base64(key)).close("UserDelegationKey").take();
}

}  // namespace vitrine::azure::blob
