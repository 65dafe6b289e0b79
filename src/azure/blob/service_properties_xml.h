// The documents of Get and Set Blob Service Properties.
// Source: Azure Storage REST, "Get Blob Service Properties", "Set Blob Service Properties", "CORS support".
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "blobs/service_properties.h"

namespace vitrine::azure::blob {

/// More than any such document needs, in bytes.
inline constexpr std::size_t kMostServicePropertiesBytes = std::size_t{64} << 10;
/// What all CORS rules together may be long, in bytes, the elements' tags not counted.
inline constexpr std::size_t kMostCorsBytes = std::size_t{2} << 10;

std::string write_service_properties(const blobs::ServiceProperties& properties);

/// The sections that the document has. Errors: InvalidXmlDocument for an unknown section, an element that
/// comes twice, is missing or belongs to what is switched off, a switch that is neither true nor false, more
/// than five CORS rules or too long ones; InvalidXmlNodeValue for a value that cannot be.
Result<blobs::ServicePropertiesChange> parse_service_properties(std::string_view xml);

}  // namespace vitrine::azure::blob
