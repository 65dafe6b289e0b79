// What a blob tells of the copy that it was made by.
// Source: Azure Storage REST, "Copy Blob", "Get Blob Properties": x-ms-copy-id and so on.
#pragma once

#include <array>
#include <string>

#include "base/time.h"
#include "blobs/attributes.h"

namespace vitrine::blobs {

/// Of a copy that succeeded: it is done at once, so there is no other.
struct CopyState {
  static constexpr std::uint64_t kAttribute = 12;

  std::array<std::uint8_t, 16> id{};  ///< random
  std::string source;                 ///< its address, without what signs it
  std::uint64_t bytes = 0;            ///< that were copied: all
  Timestamp completed;

  /// "1f812371-a41d-49e6-b123-f4b542e851c5".
  [[nodiscard]] std::string id_text() const;
  /// CBOR [id, source, bytes, completed].
  [[nodiscard]] Bytes encode() const;
  /// Errors: Corrupt.
  static Result<CopyState> decode(ConstBytes cbor);
  friend bool operator==(const CopyState&, const CopyState&) = default;
};

}  // namespace vitrine::blobs
