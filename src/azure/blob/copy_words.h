// The copy that a blob was made by, as answers speak of it.
// Source: Azure Storage REST, "Get Blob Properties": x-ms-copy-id and so on; "List Blobs": CopyId.
#pragma once

#include <fmt/format.h>

#include "blobs/copy_state.h"

namespace vitrine::azure::blob {

/// What every copy here is: done at once.
inline constexpr std::string_view kCopyDone = "success";

struct CopyWords {
  std::string id;
  std::string source;
  std::string_view status;
  std::string progress;  ///< bytes copied of all
  std::string completed;
};
inline CopyWords copy_words(const blobs::CopyState& copy) {
  return {.id = copy.id_text(),
          .source = copy.source,
          .status = kCopyDone,
          .progress = fmt::format("{0}/{0}", copy.bytes),
          .completed = to_http_date(copy.completed)};
}

}  // namespace vitrine::azure::blob
