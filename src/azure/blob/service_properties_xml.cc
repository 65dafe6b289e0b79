#include "azure/blob/service_properties_xml.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>

#include "azure/blob/cors_xml.h"
#include "azure/blob/xml_document.h"
#include "azure/blob/xml_writer.h"
#include "http/headers.h"

namespace vitrine::azure::blob {
namespace {

using blobs::DeleteRetention;
using blobs::LoggingSettings;
using blobs::MetricsSettings;
using blobs::RetentionDays;
using blobs::ServicePropertiesChange;
using blobs::StaticWebsite;

constexpr const char* kRoot = "StorageServiceProperties";
constexpr std::string_view kAnalyticsVersion = "1.0";
constexpr std::size_t kLongestDocumentName = 255;

std::unexpected<Error> bad_value(std::string_view element) {
  return fail(Code::InvalidXmlNodeValue, fmt::format("The element {} has no valid value.", element));
}

Result<bool> parse_switch(const pugi::xml_node& section, const char* element) {
  const auto child = section.child(element);
  const std::string_view value = child.text().get();
  if (http::equal_ignoring_case(value, "true")) return true;
  if (http::equal_ignoring_case(value, "false")) return false;
  return invalid_xml(fmt::format("needs the element {} in {}, true or false", element, section.name()));
}

Result<bool> parse_switch_if_there(const pugi::xml_node& section, const char* element) {
  return section.child(element) ? parse_switch(section, element) : Result<bool>(false);
}

Result<std::uint32_t> parse_days(const pugi::xml_node& policy) {
  const std::string_view text = policy.child("Days").text().get();
  std::uint32_t days = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), days);
  if (text.empty()) return invalid_xml("names no Days for a retention that is enabled");
  if (problem != std::errc() || end != text.data() + text.size() || days == 0 ||
      days > blobs::kMostRetentionDays)
    return bad_value("Days");
  return days;
}

/// The element RetentionPolicy of logging and metrics.
Result<RetentionDays> parse_retention(const pugi::xml_node& section) {
  const auto policy = section.child("RetentionPolicy");
  if (!policy) return RetentionDays();
  if (TRY(parse_switch(policy, "Enabled"))) return RetentionDays(TRY(parse_days(policy)));
  if (policy.child("Days")) return invalid_xml("names Days for a retention that is not enabled");
  return RetentionDays();
}

Result<void> check_version(const pugi::xml_node& section) {
  const std::string_view version = section.child("Version").text().get();
  if (version.empty() || version == kAnalyticsVersion) return {};
  return bad_value("Version");
}

Result<void> parse_logging(const pugi::xml_node& section, ServicePropertiesChange& change) {
  TRY(check_version(section));
  change.logging = LoggingSettings{.deletes = TRY(parse_switch(section, "Delete")),
                                   .reads = TRY(parse_switch(section, "Read")),
                                   .writes = TRY(parse_switch(section, "Write")),
                                   .retention = TRY(parse_retention(section))};
  return {};
}

Result<MetricsSettings> parse_metrics(const pugi::xml_node& section) {
  TRY(check_version(section));
  const bool enabled = TRY(parse_switch(section, "Enabled"));
  const bool include_apis = TRY(parse_switch_if_there(section, "IncludeAPIs"));
  return MetricsSettings{.enabled = enabled,
                         .include_apis = enabled && include_apis,
                         .retention = TRY(parse_retention(section))};
}

Result<void> parse_hour_metrics(const pugi::xml_node& section, ServicePropertiesChange& change) {
  change.hour_metrics = TRY(parse_metrics(section));
  return {};
}

Result<void> parse_minute_metrics(const pugi::xml_node& section, ServicePropertiesChange& change) {
  change.minute_metrics = TRY(parse_metrics(section));
  return {};
}

Result<void> parse_cors_rules(const pugi::xml_node& section, ServicePropertiesChange& change) {
  change.cors = TRY(parse_cors(section));
  return {};
}

/// A version is named by its day.
Result<void> parse_default_version(const pugi::xml_node& section, ServicePropertiesChange& change) {
  const std::string version = section.text().get();
  if (version.empty()) return {};
  const auto is_as_in = [](char form, char c) { return form == '0' ? c >= '0' && c <= '9' : form == c; };
  if (!std::ranges::equal(std::string_view("0000-00-00"), version, is_as_in))
    return bad_value("DefaultServiceVersion");
  change.default_version = version;
  return {};
}

Result<void> parse_delete_retention(const pugi::xml_node& section, ServicePropertiesChange& change) {
  DeleteRetention retention{.enabled = TRY(parse_switch(section, "Enabled"))};
  if (retention.enabled) {
    retention.days = TRY(parse_days(section));
    retention.allows_permanent_delete = TRY(parse_switch_if_there(section, "AllowPermanentDelete"));
  }
  change.delete_retention = retention;
  return {};
}

Result<std::string> parse_document_name(const pugi::xml_node& section, const char* element) {
  std::string name = section.child(element).text().get();
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (name.size() > kLongestDocumentName || !is_xml_text(name) || std::ranges::any_of(name, is_control))
    return bad_value(element);
  return name;
}

Result<void> parse_static_website(const pugi::xml_node& section, ServicePropertiesChange& change) {
  StaticWebsite site{.enabled = TRY(parse_switch(section, "Enabled"))};
  if (site.enabled) {
    site.index_document = TRY(parse_document_name(section, "IndexDocument"));
    site.default_index_document = TRY(parse_document_name(section, "DefaultIndexDocumentPath"));
    site.error_document = TRY(parse_document_name(section, "ErrorDocument404Path"));
    if (site.index_document.contains('/')) return bad_value("IndexDocument");
    if (!site.index_document.empty() && !site.default_index_document.empty())
      return invalid_xml("has both IndexDocument and DefaultIndexDocumentPath");
  }
  change.static_website = std::move(site);
  return {};
}

struct Section {
  std::string_view name;
  Result<void> (*parse)(const pugi::xml_node&, ServicePropertiesChange&);
};
constexpr Section kSections[] = {
    {"Logging", parse_logging},
    {"HourMetrics", parse_hour_metrics},
    {"MinuteMetrics", parse_minute_metrics},
    {"Cors", parse_cors_rules},
    {"DefaultServiceVersion", parse_default_version},
    {"DeleteRetentionPolicy", parse_delete_retention},
    {"StaticWebsite", parse_static_website},
};

std::string_view word(bool value) {
  return value ? "true" : "false";
}

void write_retention(XmlWriter& xml, const RetentionDays& days) {
  xml.open("RetentionPolicy").text("Enabled", word(days.has_value()));
  if (days) xml.number("Days", *days);
  xml.close("RetentionPolicy");
}

void write_logging(XmlWriter& xml, const LoggingSettings& logging) {
  xml.open("Logging").text("Version", kAnalyticsVersion);
  xml.text("Delete", word(logging.deletes)).text("Read", word(logging.reads));
  xml.text("Write", word(logging.writes));
  write_retention(xml, logging.retention);
  xml.close("Logging");
}

void write_metrics(XmlWriter& xml, std::string_view section, const MetricsSettings& metrics) {
  xml.open(section).text("Version", kAnalyticsVersion).text("Enabled", word(metrics.enabled));
  if (metrics.enabled) xml.text("IncludeAPIs", word(metrics.include_apis));
  write_retention(xml, metrics.retention);
  xml.close(section);
}

void write_delete_retention(XmlWriter& xml, const DeleteRetention& retention) {
  xml.open("DeleteRetentionPolicy").text("Enabled", word(retention.enabled));
  if (retention.enabled) xml.number("Days", retention.days);
  if (retention.allows_permanent_delete) xml.text("AllowPermanentDelete", "true");
  xml.close("DeleteRetentionPolicy");
}

void write_static_website(XmlWriter& xml, const StaticWebsite& site) {
  xml.open("StaticWebsite").text("Enabled", word(site.enabled));
  if (!site.index_document.empty()) xml.text("IndexDocument", site.index_document);
  if (!site.default_index_document.empty()) xml.text("DefaultIndexDocumentPath", site.default_index_document);
  if (!site.error_document.empty()) xml.text("ErrorDocument404Path", site.error_document);
  xml.close("StaticWebsite");
}

}  // namespace

std::string write_service_properties(const blobs::ServiceProperties& properties) {
  XmlWriter xml;
  xml.open(kRoot);
  write_logging(xml, properties.logging);
  write_metrics(xml, "HourMetrics", properties.hour_metrics);
  write_metrics(xml, "MinuteMetrics", properties.minute_metrics);
  write_cors(xml, properties.cors);
  if (!properties.default_version.empty()) xml.text("DefaultServiceVersion", properties.default_version);
  write_delete_retention(xml, properties.delete_retention);
  write_static_website(xml, properties.static_website);
  return xml.close(kRoot).take();
}

Result<ServicePropertiesChange> parse_service_properties(std::string_view xml) {
  const auto document = TRY(parse_xml(xml, kRoot));
  const auto root = document.child(kRoot);
  ServicePropertiesChange change;
  for (const auto& node : root.children()) {
    const auto* section = std::ranges::find(kSections, std::string_view(node.name()), &Section::name);
    if (section == std::end(kSections))
      return invalid_xml(fmt::format("has the unknown section '{:.64}'", node.name()));
    if (root.child(node.name()) != node)
      return invalid_xml(fmt::format("has the section {} twice", section->name));
    TRY(section->parse(node, change));
  }
  return change;
}

}  // namespace vitrine::azure::blob
