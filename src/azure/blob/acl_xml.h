// The documents of Get Container ACL and Set Container ACL, and the word for what is public.
// Source: Azure Storage REST, "Get Container ACL", "Set Container ACL".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "blobs/access_list.h"
#include "http/headers.h"

namespace vitrine::azure::blob {

/// More than five stored policies need, in bytes.
inline constexpr std::size_t kMostAclBytes = std::size_t{64} << 10;

std::string write_policies(const std::vector<identity::StoredPolicy>& policies);

/// The stored access policies of a document, or none of an empty body; times in the wire's own form. Errors:
/// InvalidXmlDocument, also for more than five and for two of one id; InvalidXmlNodeValue for an id, a time
/// or permissions that are none.
Result<std::vector<identity::StoredPolicy>> parse_policies(std::string_view xml);

/// x-ms-blob-public-access: "container" or "blob"; private without it. Errors: InvalidHeaderValue.
Result<blobs::PublicAccess> parse_public_access(const http::Headers& headers);
/// The same word, empty for a private container.
std::string_view word_of(blobs::PublicAccess level);
/// The header, unless the container is private. Errors: Corrupt.
Result<void> add_public_access(http::Headers& headers, const blobs::Attributes& attributes);

}  // namespace vitrine::azure::blob
