// The documents of Get and Set Blob Service Properties.
// Source: Azure Storage REST, "Get Blob Service Properties", "Set Blob Service Properties".
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace vitrine::azure::blob {

/// More than any such document needs, in bytes.
inline constexpr std::size_t kMostServicePropertiesBytes = std::size_t{64} << 10;

/// The settings that hold: everything that can be switched is off.
std::string write_service_properties();

/// Success for settings that hold anyway. Errors: NotImplemented naming the section that would be switched
/// on; InvalidXmlDocument for an unknown section or a switch that is neither true nor false.
Result<void> require_no_service_properties(std::string_view xml);

}  // namespace vitrine::azure::blob
