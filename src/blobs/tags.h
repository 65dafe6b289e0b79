// Index tags: what a blob is marked with beside its metadata, to be found by.
// Source: Azure Storage REST, "Set Blob Tags", "Put Blob" (x-ms-tags).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "blobs/attributes.h"

namespace vitrine::blobs {

struct Tags {
  static constexpr std::uint64_t kAttribute = 2;

  std::map<std::string, std::string> values;  ///< by key

  /// 10 tags at most; a key has 1 to 128 characters, a value up to 256, of letters, digits, space and
  /// + - . / : = _. Errors: InvalidInput, also for a key that is there.
  Result<void> add(std::string_view key, std::string_view value);

  /// CBOR [[key, value] …], in the order of the keys' bytes.
  [[nodiscard]] Bytes encode() const;
  /// Errors: Corrupt.
  static Result<Tags> decode(ConstBytes cbor);
  friend bool operator==(const Tags&, const Tags&) = default;
};

inline constexpr std::size_t kMostTags = 10, kLongestTagKey = 128, kLongestTagValue = 256;
/// Whether keys and values may hold it.
bool is_tag_character(char c);

}  // namespace vitrine::blobs
