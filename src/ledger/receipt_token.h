// The opaque name of a record that every response carries.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "crypto/mac.h"

namespace vitrine::ledger {

/// Where a record is.
struct RecordPlace {
  std::uint32_t slot = 0;
  std::uint64_t index = 0;
  bool operator==(const RecordPlace&) const = default;
};

/// Hides a place behind 56 hexadecimal digits: 16 bytes of HMAC-SHA-256 over it, which also serve as the
/// nonce that masks it (a synthetic IV). Without the key a token neither shows a journal's size nor can be
/// made up.
class ReceiptTokens {
 public:
  /// Tokens of one use are none of another.
  explicit ReceiptTokens(ConstBytes secret, std::string_view use = "receipt token");
  [[nodiscard]] std::string seal(RecordPlace place) const;
  /// Errors: RecordNotFound for anything that this server did not give out.
  [[nodiscard]] Result<RecordPlace> open(std::string_view token) const;

 private:
  crypto::HmacKey tag_key_;
  crypto::HmacKey mask_key_;
};

}  // namespace vitrine::ledger
