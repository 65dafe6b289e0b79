// Who asks the platform port.
#pragma once

#include <string>
#include <string_view>

#include "identity/account_directory.h"
#include "operations/floors.h"
#include "platform/call.h"

namespace vitrine::platform {

/// Tells the operator by its token and accounts by their keys. Usable from any thread.
class Authentication {
 public:
  /// The token is what follows "Bearer ". All references must outlive this.
  Authentication(const operations::Floors& floors, const identity::AccountDirectory& accounts,
                 std::string operator_token)
      : floors_(floors), accounts_(accounts), operator_token_(std::move(operator_token)) {}

  /// Errors: NoAuthenticationInformation, AuthenticationFailed.
  [[nodiscard]] Result<void> require_operator(const Call& call) const;

  /// The same, and the call gets its exchange, in which the operator acts on the account. Errors: those, and
  /// of Principal::asked_promise.
  [[nodiscard]] Result<void> act_as_operator(Call& call, const identity::Account& account) const;

  /// The request is signed with a key of the account (Shared Key, as on the blob port): the call gets its
  /// exchange, with the purpose that it asks for; whether the key is bound to that, the Gate decides. Errors:
  /// AccountNotFound, NoAuthenticationInformation, those of verify_shared_key and Principal::asked_purpose.
  [[nodiscard]] Result<void> require_account(Call& call, std::string_view account) const;

  /// As require_account; the key itself, in Ocp-Apim-Subscription-Key, does as well, because Azure's AI
  /// clients send it.
  [[nodiscard]] Result<void> require_account_as_azure_ai(Call& call, std::string_view account) const;

 private:
  Result<void> admit(Call& call, const identity::Account& account, const identity::AccessKey& key) const;

  const operations::Floors& floors_;
  const identity::AccountDirectory& accounts_;
  std::string operator_token_;
};

}  // namespace vitrine::platform
