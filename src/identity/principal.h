// Who acts, and by what.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "identity/roles.h"
#include "identity/service_sas.h"
#include "identity/token.h"

namespace vitrine::identity {

/// The server's own account, in slot 0: its journal records what concerns no customer's account alone, and
/// nobody holds a key of it.
inline constexpr std::string_view kSystemAccount = "system";

/// What the server and its operator act for.
inline constexpr std::string_view kServersOwnPurpose = "operations";

/// Operator: the token of whoever runs the server; System: the server itself, for background work.
enum class CredentialKind {
  AccountKey,
  AccountSas,
  ServiceSas,
  UserDelegationSas,
  Token,
  Anonymous,
  Operator,
  System
};
std::string_view name(CredentialKind kind);

/// The header by which a request chooses its purpose.
inline constexpr std::string_view kPurposeHeader = "x-ms-vitrine-purpose";

/// The header by which a request asks for a promise, and an answer carries one.
inline constexpr std::string_view kPromiseHeader = "x-ms-vitrine-promise";

/// What a shared access signature narrows its holder to: the letters of its sp, ss and srt. A role narrows to
/// the same.
struct SasLimits {
  std::string permissions;
  std::string services;
  std::string resource_types;
  bool is_owner = false;  ///< has the role owner, which is more than any letters
};

/// What an operation needs of a credential, in the same letters.
struct RequiredAccess {
  std::string_view any_permission;     ///< one of these; empty: no SAS is enough
  std::string_view any_resource_type;  ///< one of these
  bool by_service_sas = false;         ///< whether the SAS of a container or blob can be enough
  bool by_anybody = false;             ///< whether it is done without a credential where that is public
  bool by_owner_only = false;          ///< of roles, only the owner's is enough
  bool by_token_only = false;          ///< any role is enough, and nothing but a token
};

/// The error of a request without any credential, where one is needed.
std::unexpected<Error> ask_for_credentials();

/// An authenticated caller, bound to the purposes of the key behind its credential.
struct Principal {
  AccountName account;
  OrganisationId organisation;
  CredentialKind credential;
  KeyName key;
  PurposeId default_purpose;
  std::vector<PurposeId> allowed_purposes;  ///< that it may choose besides the default
  std::optional<SasLimits> limits;          ///< none for an account key, which may do everything
  std::string client_address;               ///< as text, without port
  bool asks_promises = false;               ///< as the key behind the credential
  /// Of a token, or of whose delegation key signed: as the role names them, or their object id or subject.
  std::string holder{};
  std::string tenant{};  ///< of the holder; may be empty

  /// The holder of the key itself, free to choose among the key's purposes.
  static Principal of_key(const Account& account, const AccessKey& key, std::string client_address);
  /// A holder of something that the key signed: the key's default purpose and no choice.
  static Principal of_account_sas(const Account& account, const AccessKey& key, SasLimits limits,
                                  std::string client_address);

  /// The same; a SAS of a container reaches its blobs, one of a blob that alone.
  static Principal of_service_sas(const Account& account, const AccessKey& key, const ServiceSas& sas,
                                  std::string client_address);

  /// Whoever has a token, by the role that reaches what is asked about; free to choose among the role's
  /// purposes.
  static Principal of_token(const Account& account, const RoleAssignment& role, const Claims& claims,
                            std::string client_address);
  /// Whoever has what a token's holder signed: no more than the role of the holder reaches, and no choice of
  /// purpose.
  static Principal of_delegation_sas(const Account& account, const RoleAssignment& role,
                                     const ServiceSas& sas, std::string client_address);

  /// Anybody, where a container is public; `whole` when not its blobs alone are. The purpose is that for
  /// which it was opened.
  static Principal of_anybody(const Account& account, PurposeId purpose, bool whole,
                              std::string client_address);

  /// The operator, or the server itself, acting on an account for the server's own purpose.
  static Principal of_operator(const Account& account, std::string client_address);
  static Principal of_system(const Account& account);

  /// As records name the principal: "account:NAME/KEY", "token:HOLDER", "anonymous", "operator", "system".
  [[nodiscard]] std::string text() const;
  /// Whether the credential has signed headers of the answer.
  [[nodiscard]] bool overrides_headers() const {
    return credential == CredentialKind::ServiceSas || credential == CredentialKind::UserDelegationSas;
  }
  /// Whether it may replace what exists: a SAS may be for creating only.
  [[nodiscard]] bool may_overwrite() const;
  /// Whether the purpose is the default or may be chosen.
  [[nodiscard]] bool may_act_for(std::string_view purpose) const;

  /// The purpose to act for: what the header kPurposeHeader asks for, be it one that the credential is not
  /// bound to (the Gate decides that), or the default. Errors: InvalidHeaderValue when it is not a purpose's
  /// name; UnsupportedHeader beside a SAS, which does not sign headers,
  /// and without a credential.
  [[nodiscard]] Result<std::string> asked_purpose(std::optional<std::string_view> header) const;

  /// Whether the request asks for a promise: what the header kPromiseHeader says, or the key's own setting.
  /// Errors: InvalidHeaderValue when it is neither "true" nor "false".
  [[nodiscard]] Result<bool> asked_promise(std::optional<std::string_view> header) const;

  /// Whether a SAS or a role reaches that far; an account key always does. Errors:
  /// AuthorizationServiceMismatch, AuthorizationResourceTypeMismatch, AuthorizationPermissionMismatch; for
  /// what anybody may not do, NoAuthenticationInformation; without a token where only that is taken,
  /// AuthenticationFailed.
  [[nodiscard]] Result<void> check_access(const RequiredAccess& required) const;
};

}  // namespace vitrine::identity
