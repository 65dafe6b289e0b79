// Blobs that expire: gone from a time on, for whoever looks.
// Source: Azure Storage REST, "Set Blob Expiry".
#pragma once

#include <chrono>
#include <optional>

#include "base/time.h"
#include "blobs/attributes.h"

namespace vitrine::blobs {

/// When the blob expires; a blob without it never does.
struct Expiry {
  static constexpr std::uint64_t kAttribute = 10;

  Timestamp at;

  /// CBOR integer, microseconds since 1970.
  [[nodiscard]] Bytes encode() const;
  /// Errors: Corrupt.
  static Result<Expiry> decode(ConstBytes cbor);
  friend bool operator==(const Expiry&, const Expiry&) = default;
};

/// What a request asks for.
struct AskedExpiry {
  enum class Option : std::uint8_t { Never, RelativeToCreation, RelativeToNow, Absolute };
  Option option = Option::Never;
  std::chrono::milliseconds after{};  ///< of the two relative ones
  Timestamp at;                       ///< of Absolute
};
/// None for Never. Errors: InvalidHeaderValue for a time that is not to come or too far off to be told.
Result<std::optional<Expiry>> resolve(const AskedExpiry& asked, Timestamp created, Timestamp now);

/// When the blob can go; none when it does not expire. Errors: Corrupt.
Result<std::optional<Timestamp>> goes_at(const Attributes& attributes);
/// A blob that is protected does not expire before that is over. Errors: Corrupt.
Result<bool> is_expired(const Attributes& attributes, Timestamp now);

}  // namespace vitrine::blobs
