// The element Cors of Get and Set Blob Service Properties.
// Source: Azure Storage REST, "Cross-Origin Resource Sharing (CORS) support for Azure Storage".
#pragma once

#include <pugixml.hpp>
#include <vector>

#include "azure/blob/xml_writer.h"
#include "base/error.h"
#include "blobs/service_properties.h"

namespace vitrine::azure::blob {

void write_cors(XmlWriter& xml, const std::vector<blobs::CorsRule>& rules);

/// Every text of a rule can be sent in a header. Errors: InvalidXmlDocument for more than five rules, a
/// missing element or rules longer than kMostCorsBytes; InvalidXmlNodeValue for what no origin, method,
/// header or age can be, and for too many of them.
Result<std::vector<blobs::CorsRule>> parse_cors(const pugi::xml_node& cors);

}  // namespace vitrine::azure::blob
