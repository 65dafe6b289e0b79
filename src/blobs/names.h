// The names of containers, blobs and blocks.
// Source: Azure Storage REST, "Naming and referencing containers, blobs, and metadata"; "Put Block".
#pragma once

#include "base/checked_text.h"

namespace vitrine::blobs {

/// 3 to 63 lower-case letters, digits and single inner hyphens, or one of the service's own containers
/// ($root, $web, $logs, $blobchangefeed). Errors: InvalidResourceName.
struct ContainerNameRule {
  static Result<void> check(std::string_view text);
};
using ContainerName = CheckedText<ContainerNameRule>;

/// The container of blobs that are addressed without one.
inline constexpr std::string_view kRootContainer = "$root";

/// 1 to 1,024 characters (UTF-16 units, as Azure counts) of UTF-8 without NUL. Slashes and dots mean nothing
/// here: a name is a key, never a path. Errors: InvalidResourceName.
struct BlobNameRule {
  static Result<void> check(std::string_view text);
};
using BlobName = CheckedText<BlobNameRule>;

/// The base64 text of 1 to 64 bytes, kept as sent because listings give it back. Within a blob all ids are of
/// one length. Errors: InvalidBlockId.
struct BlockIdRule {
  static Result<void> check(std::string_view text);
};
using BlockId = CheckedText<BlockIdRule>;

}  // namespace vitrine::blobs
