// The documents of Get Container ACL and Set Container ACL.
// Source: Azure Storage REST, "Get Container ACL", "Set Container ACL".
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace vitrine::azure::blob {

/// More than five stored policies need, in bytes.
inline constexpr std::size_t kMostAclBytes = std::size_t{64} << 10;

/// A container without stored access policies.
std::string write_private_acl();

/// Success for a document, or none, that leaves the container without stored access policies. Errors:
/// NotImplemented when it has some; InvalidXmlDocument.
Result<void> require_private_acl(std::string_view xml);

}  // namespace vitrine::azure::blob
