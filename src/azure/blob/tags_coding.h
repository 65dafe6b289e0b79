// Index tags as the wire has them: the header x-ms-tags and the documents of Get and Set Blob Tags.
// Source: Azure Storage REST, "Put Blob", "Get Blob Tags", "Set Blob Tags".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "azure/blob/xml_writer.h"
#include "blobs/tags.h"
#include "http/headers.h"

namespace vitrine::azure::blob {

/// More than any valid document of tags needs, in bytes.
inline constexpr std::size_t kMostTagsBytes = std::size_t{64} << 10;

inline constexpr std::string_view kTagsHeader = "x-ms-tags";

/// x-ms-tags: key=value joined by '&', as in a query (a '+' is a space); none when absent or empty. Errors:
/// InvalidHeaderValue.
Result<std::optional<blobs::Tags>> parse_tags(const http::Headers& headers);

/// Reads <Tags><TagSet><Tag><Key/><Value/></Tag>…. Errors: InvalidXmlDocument, InvalidInput.
Result<blobs::Tags> parse_tags_document(std::string_view xml);

/// The element <Tags>.
void write_tags(XmlWriter& xml, const blobs::Tags& tags);

}  // namespace vitrine::azure::blob
