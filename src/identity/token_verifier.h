// Whether a bearer token holds: by whom, for whom and when it was issued.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "identity/key_set.h"
#include "identity/token.h"

namespace vitrine::identity {

/// How far an issuer's clock may be from ours.
inline constexpr std::chrono::minutes kAllowedTokenSkew{5};

/// Whose tokens are taken.
struct TokenRules {
  std::string issuer;  ///< as in the claim iss
  std::vector<std::string>
      audiences;               ///< one of them, as in the claim aud; a slash at the end does not count
  std::filesystem::path keys;  ///< file with the issuer's JWK set
};

/// Reads the file with the keys again when it changes, so that an issuer may change keys while the server
/// runs. Usable from any thread.
class TokenVerifier {
 public:
  /// Errors: InvalidInput when the file cannot be read or is no key set.
  static Result<std::unique_ptr<TokenVerifier>> open(TokenRules rules);

  [[nodiscard]] const TokenRules& rules() const { return rules_; }

  /// Checks the signature, then issuer, audience and times. Errors: InvalidAuthenticationInfo.
  [[nodiscard]] Result<Claims> verify(std::string_view token, Timestamp now) const;

 private:
  /// What tells that a file is another one than before.
  struct Stamp {
    std::filesystem::file_time_type changed;
    std::uintmax_t size = 0;
    bool operator==(const Stamp&) const = default;
  };

  explicit TokenVerifier(TokenRules rules) : rules_(std::move(rules)) {}
  [[nodiscard]] std::shared_ptr<const KeySet> keys() const;
  [[nodiscard]] Stamp stamp() const;
  [[nodiscard]] Result<void> check(const Claims& claims, Timestamp now) const;

  TokenRules rules_;
  mutable std::mutex mutex_;
  mutable Stamp read_at_;
  mutable std::shared_ptr<const KeySet> keys_;
};

}  // namespace vitrine::identity
