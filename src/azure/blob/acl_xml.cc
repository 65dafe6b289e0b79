#include "azure/blob/acl_xml.h"

#include "azure/blob/xml_document.h"
#include "azure/blob/xml_writer.h"

namespace vitrine::azure::blob {
namespace {

constexpr const char* kRoot = "SignedIdentifiers";

}  // namespace

std::string write_private_acl() {
  XmlWriter xml;
  return xml.open(kRoot).close(kRoot).take();
}

Result<void> require_private_acl(std::string_view xml) {
  if (xml.empty()) return {};
  auto document = TRY(parse_xml(xml, kRoot));
  if (!document.child(kRoot).first_child()) return {};
  return fail(Code::NotImplemented,
              "This server does not offer stored access policies; put the permissions into the SAS.");
}

}  // namespace vitrine::azure::blob
