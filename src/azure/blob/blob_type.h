// The three kinds of blobs by name.
// Source: Azure Storage REST, x-ms-blob-type.
#pragma once

#include <string_view>

#include "blobs/blob_head.h"

namespace vitrine::azure::blob {

inline constexpr std::string_view kBlockBlob = "BlockBlob";

/// kBlockBlob, "AppendBlob" or "PageBlob".
inline std::string_view type_of(const blobs::BlobHead& head) {
  if (std::holds_alternative<blobs::AppendedBlocks>(head.layout)) return "AppendBlob";
  return std::holds_alternative<blobs::Pages>(head.layout) ? "PageBlob" : kBlockBlob;
}

}  // namespace vitrine::azure::blob
