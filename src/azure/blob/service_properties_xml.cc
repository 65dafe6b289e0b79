#include "azure/blob/service_properties_xml.h"

#include <fmt/format.h>

#include <algorithm>

#include "azure/blob/xml_document.h"
#include "azure/blob/xml_writer.h"
#include "http/headers.h"

namespace vitrine::azure::blob {
namespace {

constexpr const char* kRoot = "StorageServiceProperties";

/// How a section of the document says that it asks for something.
enum class Kind { Switches, List, Text };
struct Section {
  std::string_view name;
  Kind kind;
};
constexpr Section kSections[] = {
    {"Logging", Kind::Switches},           {"HourMetrics", Kind::Switches},
    {"MinuteMetrics", Kind::Switches},     {"Cors", Kind::List},
    {"DefaultServiceVersion", Kind::Text}, {"DeleteRetentionPolicy", Kind::Switches},
    {"StaticWebsite", Kind::Switches},
};
constexpr std::string_view kSwitches[] = {"Enabled", "Read",        "Write",
                                          "Delete",  "IncludeAPIs", "AllowPermanentDelete"};

void write_off(XmlWriter& xml, std::string_view section) {
  xml.open(section).text("Enabled", "false").close(section);
}

void write_metrics(XmlWriter& xml, std::string_view section) {
  xml.open(section).text("Version", "1.0").text("Enabled", "false");
  write_off(xml, "RetentionPolicy");
  xml.close(section);
}

/// Whether a switch anywhere below the node is on.
Result<bool> has_switch_on(const pugi::xml_node& node) {
  for (auto child : node.children()) {
    if (TRY(has_switch_on(child))) return true;
    if (std::ranges::count(kSwitches, std::string_view(child.name())) == 0) continue;
    std::string_view value = child.text().get();
    if (http::equal_ignoring_case(value, "true")) return true;
    if (!http::equal_ignoring_case(value, "false"))
      return invalid_xml(fmt::format("has the element '{}' that is neither true nor false", child.name()));
  }
  return false;
}

Result<bool> asks_for_something(const pugi::xml_node& node, Kind kind) {
  if (kind == Kind::Switches) return has_switch_on(node);
  return kind == Kind::List ? static_cast<bool>(node.first_child()) : !node.text().empty();
}

}  // namespace

std::string write_service_properties() {
  XmlWriter xml;
  xml.open(kRoot).open("Logging").text("Version", "1.0");
  xml.text("Delete", "false").text("Read", "false").text("Write", "false");
  write_off(xml, "RetentionPolicy");
  xml.close("Logging");
  write_metrics(xml, "HourMetrics");
  write_metrics(xml, "MinuteMetrics");
  xml.open("Cors").close("Cors");
  write_off(xml, "DeleteRetentionPolicy");
  write_off(xml, "StaticWebsite");
  return xml.close(kRoot).take();
}

Result<void> require_no_service_properties(std::string_view xml) {
  auto document = TRY(parse_xml(xml, kRoot));
  for (auto node : document.child(kRoot).children()) {
    auto section = std::ranges::find(kSections, std::string_view(node.name()), &Section::name);
    if (section == std::end(kSections))
      return invalid_xml(fmt::format("has the unknown section '{:.64}'", node.name()));
    if (TRY(asks_for_something(node, section->kind)))
      return fail(Code::NotImplemented,
                  fmt::format("This server does not offer what the section {} asks for; leave it off.",
                              section->name));
  }
  return {};
}

}  // namespace vitrine::azure::blob
