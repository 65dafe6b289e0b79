// The metadata that a client hangs on a blob or container.
// Source: Azure Storage REST, "Naming and referencing containers, blobs, and metadata".
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace vitrine::blobs {

/// Names and values together, in bytes.
inline constexpr std::size_t kMostMetadataBytes = 8 * 1024;

/// Named texts in the order given. Names keep their case and differ without it.
using Metadata = std::vector<std::pair<std::string, std::string>>;

/// Appends what a client sent. Errors: EmptyMetadataKey; InvalidMetadata for a name that is no C# identifier
/// of ASCII, one given twice, or a value with control characters or not in UTF-8; MetadataTooLarge.
Result<void> add_metadata(Metadata& metadata, std::string_view name, std::string_view value);

}  // namespace vitrine::blobs
