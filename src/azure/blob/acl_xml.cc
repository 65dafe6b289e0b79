#include "azure/blob/acl_xml.h"

#include <fmt/format.h>

#include <algorithm>

#include "azure/blob/xml_document.h"
#include "azure/blob/xml_writer.h"
#include "base/time.h"

namespace vitrine::azure::blob {
namespace {

constexpr const char* kRoot = "SignedIdentifiers";
constexpr const char* kPolicy = "SignedIdentifier";
constexpr std::string_view kHeader = "x-ms-blob-public-access";
constexpr std::string_view kPermissions = "racwdxyltmeopfi";

std::unexpected<Error> bad_value(std::string_view element) {
  return fail(Code::InvalidXmlNodeValue,
              fmt::format("The element {} of a stored access policy has no valid value.", element));
}

Result<std::string> parse_time(const pugi::xml_node& policy, const char* element) {
  const std::string_view text = policy.child(element).text().get();
  if (text.empty()) return std::string();
  const auto time = parse_iso8601(text);
  if (!time) return bad_value(element);
  return to_iso8601(*time);
}

Result<identity::StoredPolicy> parse_policy(const pugi::xml_node& element) {
  identity::StoredPolicy policy{
      .id = element.child("Id").text().get(), .start = {}, .expiry = {}, .permissions = {}};
  if (policy.id.empty() || policy.id.size() > blobs::kLongestPolicyId || !is_xml_text(policy.id))
    return bad_value("Id");
  const auto terms = element.child("AccessPolicy");
  policy.start = TRY(parse_time(terms, "Start"));
  policy.expiry = TRY(parse_time(terms, "Expiry"));
  policy.permissions = terms.child("Permission").text().get();
  if (policy.permissions.find_first_not_of(kPermissions) != std::string::npos) return bad_value("Permission");
  return policy;
}

void write_unless_empty(XmlWriter& xml, std::string_view tag, std::string_view value) {
  if (!value.empty()) xml.text(tag, value);
}

}  // namespace

std::string write_policies(const std::vector<identity::StoredPolicy>& policies) {
  XmlWriter xml;
  xml.open(kRoot);
  for (const auto& policy : policies) {
    xml.open(kPolicy).text("Id", policy.id).open("AccessPolicy");
    write_unless_empty(xml, "Start", policy.start);
    write_unless_empty(xml, "Expiry", policy.expiry);
    write_unless_empty(xml, "Permission", policy.permissions);
    xml.close("AccessPolicy").close(kPolicy);
  }
  return xml.close(kRoot).take();
}

Result<std::vector<identity::StoredPolicy>> parse_policies(std::string_view xml) {
  std::vector<identity::StoredPolicy> policies;
  if (xml.empty()) return policies;
  auto document = TRY(parse_xml(xml, kRoot));
  for (const auto& element : document.child(kRoot).children()) {
    if (std::string_view(element.name()) != kPolicy)
      return invalid_xml(fmt::format("holds something else than {}", kPolicy));
    if (policies.size() == blobs::kMostPolicies)
      return invalid_xml(fmt::format("has more than {} stored access policies", blobs::kMostPolicies));
    auto policy = TRY(parse_policy(element));
    if (std::ranges::count(policies, policy.id, &identity::StoredPolicy::id) > 0)
      return invalid_xml("has two stored access policies of one Id");
    policies.push_back(std::move(policy));
  }
  return policies;
}

Result<blobs::PublicAccess> parse_public_access(const http::Headers& headers) {
  const auto text = headers.get(kHeader).value_or("");
  if (text.empty()) return blobs::PublicAccess::None;
  for (auto level : {blobs::PublicAccess::Blobs, blobs::PublicAccess::Container})
    if (http::equal_ignoring_case(text, word_of(level))) return level;
  return fail(Code::InvalidHeaderValue, fmt::format("The header {} is neither container nor blob.", kHeader));
}

std::string_view word_of(blobs::PublicAccess level) {
  switch (level) {
    case blobs::PublicAccess::None:
      return "";
    case blobs::PublicAccess::Blobs:
      return "blob";
    case blobs::PublicAccess::Container:
      return "container";
  }
  return "";
}

Result<void> add_public_access(http::Headers& headers, const blobs::Attributes& attributes) {
  const auto list = TRY(blobs::access_list(attributes));
  if (list.level != blobs::PublicAccess::None) headers.add(kHeader, word_of(list.level));
  return {};
}

}  // namespace vitrine::azure::blob
