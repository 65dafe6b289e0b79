// An account's keys, prepared for verifying signatures.
#pragma once

#include <string_view>
#include <vector>

#include "crypto/mac.h"
#include "identity/account.h"

namespace vitrine::identity {

/// Immutable; any number of threads may use one at once.
class KeyRing {
 public:
  explicit KeyRing(Account account);

  [[nodiscard]] const Account& account() const { return account_; }

  /// The key whose HMAC-SHA-256 over the text is the signature; null when none is. The time taken
  /// tells neither how much of the signature was right nor which key it would have been.
  [[nodiscard]] const AccessKey* find_signer(std::string_view text, ConstBytes signature) const;

 private:
  Account account_;
  std::vector<crypto::HmacKey> prepared_;  // beside account_.keys
};

}  // namespace vitrine::identity
