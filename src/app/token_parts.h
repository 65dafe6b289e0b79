// What it takes to take bearer tokens.
#pragma once

#include <memory>

#include "app/settings.h"
#include "azure/blob/authentication.h"
#include "policy/purpose.h"

namespace vitrine::app {

/// Whose tokens are taken and what their holders may do. Does not move: the authority names its parts.
class TokenParts {
 public:
  /// Null when no issuer is set. With --dev and no role assigned, whoever has a token is an owner everywhere,
  /// for the purposes of the development account. Errors: InvalidInput for keys that cannot be read, and for
  /// a role with a purpose that the register does not have.
  static Result<std::unique_ptr<TokenParts>> open(const Settings& settings,
                                                  const policy::PurposeRegister& purposes);
  TokenParts(const TokenParts&) = delete;
  TokenParts& operator=(const TokenParts&) = delete;

  [[nodiscard]] const azure::blob::TokenAuthority& authority() const { return authority_; }

 private:
  TokenParts(std::unique_ptr<identity::TokenVerifier> verifier, identity::RoleBook roles)
      : verifier_(std::move(verifier)), roles_(std::move(roles)), authority_{*verifier_, roles_} {}

  std::unique_ptr<identity::TokenVerifier> verifier_;
  identity::RoleBook roles_;
  azure::blob::TokenAuthority authority_;
};

}  // namespace vitrine::app
