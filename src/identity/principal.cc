#include "identity/principal.h"

#include <fmt/format.h>

#include <algorithm>

namespace vitrine::identity {
namespace {

bool share_a_letter(std::string_view a, std::string_view b) {
  return a.find_first_of(b) != std::string_view::npos;
}

/// A snapshot or version is read or deleted; what writes would write the blob itself.
std::string letters_of(const ServiceSas& sas) {
  auto letters = sas.permissions;
  if (sas.resource == "bs" || sas.resource == "bv")
    std::erase_if(letters, [](char letter) { return letter == 'a' || letter == 'c' || letter == 'w'; });
  return letters;
}

SasLimits limits_of(const ServiceSas& sas) {
  return {
      .permissions = letters_of(sas), .services = "b", .resource_types = sas.is_of_container() ? "co" : "o"};
}

/// "Assign an Azure role for access to blob data": tags and immutability policies are the owner's.
SasLimits limits_of(const RoleAssignment& role) {
  constexpr std::string_view kLetters[] = {"rl", "rwdxylacup", "rwdxylacuptfi"};
  return {.permissions = std::string(kLetters[static_cast<std::size_t>(role.role)]),
          .services = "b",
          .resource_types = role.container.empty() ? "sco" : "co",
          .is_owner = role.role == Role::Owner};
}

Result<void> check_role(const SasLimits& limits, const RequiredAccess& required) {
  const bool reaches = share_a_letter(limits.resource_types, required.any_resource_type);
  const bool is_owners = required.by_owner_only || required.any_permission.empty();
  const bool may =
      required.by_token_only ||
      (is_owners ? limits.is_owner : share_a_letter(limits.permissions, required.any_permission));
  if (reaches && may) return {};
  return fail(
      Code::AuthorizationPermissionMismatch,
      "The role of the token's holder does not allow this operation here; ask the operator for another.");
}

Result<void> check_public(const SasLimits& limits, const RequiredAccess& required) {
  if (required.by_anybody && share_a_letter(limits.permissions, required.any_permission) &&
      share_a_letter(limits.resource_types, required.any_resource_type))
    return {};
  return ask_for_credentials();
}

}  // namespace

std::unexpected<Error> ask_for_credentials() {
  return fail(Code::NoAuthenticationInformation,
              "This is not public: sign the request with one of the account's keys, or send a shared access "
              "signature.");
}

std::string_view name(CredentialKind kind) {
  switch (kind) {
    case CredentialKind::AccountKey:
      return "account-key";
    case CredentialKind::AccountSas:
      return "account-sas";
    case CredentialKind::ServiceSas:
      return "service-sas";
    case CredentialKind::UserDelegationSas:
      return "user-delegation-sas";
    case CredentialKind::Token:
      return "bearer-token";
    case CredentialKind::Anonymous:
      return "anonymous";
    case CredentialKind::Operator:
      return "operator-token";
    case CredentialKind::System:
      return "none";
  }
  return "unknown";
}

Principal Principal::of_key(const Account& account, const AccessKey& key, std::string client_address) {
  return {account.name, account.organisation,      CredentialKind::AccountKey,
          key.name,     key.default_purpose,       key.allowed_purposes,
          std::nullopt, std::move(client_address), key.asks_promises};
}

Principal Principal::of_account_sas(const Account& account, const AccessKey& key, SasLimits limits,
                                    std::string client_address) {
  return {account.name,      account.organisation,      CredentialKind::AccountSas,
          key.name,          key.default_purpose,       {},
          std::move(limits), std::move(client_address), key.asks_promises};
}

Principal Principal::of_service_sas(const Account& account, const AccessKey& key, const ServiceSas& sas,
                                    std::string client_address) {
  auto principal = of_account_sas(account, key, limits_of(sas), std::move(client_address));
  principal.credential = CredentialKind::ServiceSas;
  return principal;
}

Principal Principal::of_token(const Account& account, const RoleAssignment& role, const Claims& claims,
                              std::string client_address) {
  return {account.name,
          account.organisation,
          CredentialKind::Token,
          *KeyName::parse("token"),
          role.default_purpose,
          role.allowed_purposes,
          limits_of(role),
          std::move(client_address),
          false,
          role.holder.empty() ? claims.holder() : role.holder,
          claims.tenant};
}

Principal Principal::of_delegation_sas(const Account& account, const RoleAssignment& role,
                                       const ServiceSas& sas, std::string client_address) {
  auto limits = limits_of(sas);
  std::erase_if(limits.permissions,
                [&, may = limits_of(role).permissions](char letter) { return !may.contains(letter); });
  return {account.name,
          account.organisation,
          CredentialKind::UserDelegationSas,
          *KeyName::parse("delegation"),
          role.default_purpose,
          {},
          std::move(limits),
          std::move(client_address),
          false,
          sas.object_id,
          sas.tenant};
}

Principal Principal::of_anybody(const Account& account, PurposeId purpose, bool whole,
                                std::string client_address) {
  return {account.name,
          account.organisation,
          CredentialKind::Anonymous,
          *KeyName::parse("anonymous"),
          std::move(purpose),
          {},
          SasLimits{.permissions = whole ? "rl" : "r", .services = "b", .resource_types = whole ? "co" : "o"},
          std::move(client_address)};
}

Principal Principal::of_operator(const Account& account, std::string client_address) {
  return {account.name,
          account.organisation,
          CredentialKind::Operator,
          *KeyName::parse("operator"),
          *PurposeId::parse(kServersOwnPurpose),
          {},
          std::nullopt,
          std::move(client_address)};
}

Principal Principal::of_system(const Account& account) {
  return {account.name,
          account.organisation,
          CredentialKind::System,
          *KeyName::parse("system"),
          *PurposeId::parse(kServersOwnPurpose),
          {},
          std::nullopt,
          {}};
}

std::string Principal::text() const {
  switch (credential) {
    case CredentialKind::UserDelegationSas:
    case CredentialKind::Token:
      return fmt::format("token:{}", holder);
    case CredentialKind::Anonymous:
      return "anonymous";
    case CredentialKind::Operator:
      return "operator";
    case CredentialKind::System:
      return "system";
    default:
      return fmt::format("account:{}/{}", account.text(), key.text());
  }
}

bool Principal::may_overwrite() const {
  return !limits || share_a_letter(limits->permissions, "w");
}

bool Principal::may_act_for(std::string_view purpose) const {
  return purpose == default_purpose.text() || std::ranges::any_of(allowed_purposes, [&](const auto& allowed) {
           return allowed.text() == purpose;
         });
}

Result<std::string> Principal::asked_purpose(std::optional<std::string_view> header) const {
  if (!header) return default_purpose.text();
  if (limits && credential != CredentialKind::Token)
    return fail(Code::UnsupportedHeader,
                fmt::format("No signature covers {} here; leave the header out, or sign the request with an "
                            "account key.",
                            kPurposeHeader));
  auto purpose = PurposeId::parse(*header);
  if (purpose) return purpose->text();
  return fail(Code::InvalidHeaderValue, fmt::format("The header {} does not hold a purpose's name. {}",
                                                    kPurposeHeader, purpose.error().message));
}

Result<bool> Principal::asked_promise(std::optional<std::string_view> header) const {
  if (!header) return asks_promises;
  if (*header == "true" || *header == "false") return *header == "true";
  return fail(Code::InvalidHeaderValue, fmt::format("The header {} says 'true' or 'false'.", kPromiseHeader));
}

Result<void> Principal::check_access(const RequiredAccess& required) const {
  if (required.by_token_only && credential != CredentialKind::Token)
    return fail(Code::AuthenticationFailed, "Only authentication scheme Bearer is supported");
  if (!limits) return {};
  if (credential == CredentialKind::Anonymous) return check_public(*limits, required);
  if (credential == CredentialKind::Token) return check_role(*limits, required);
  if (overrides_headers() && !required.by_service_sas)
    return fail(
        Code::AuthorizationPermissionMismatch,
        "No SAS of a container or blob allows this operation; use an account SAS or the account key.");
  if (!share_a_letter(limits->services, "b"))
    return fail(Code::AuthorizationServiceMismatch,
                "The shared access signature does not cover the blob service; sign it with 'b' in ss.");
  if (!share_a_letter(limits->resource_types, required.any_resource_type))
    return fail(
        Code::AuthorizationResourceTypeMismatch,
        fmt::format("The shared access signature covers the resource types '{}'; this operation needs one "
                    "of '{}' in srt.",
                    limits->resource_types, required.any_resource_type));
  if (required.any_permission.empty())
    return fail(Code::AuthorizationPermissionMismatch,
                "No account SAS allows this operation; use the account key.");
  if (!share_a_letter(limits->permissions, required.any_permission))
    return fail(
        Code::AuthorizationPermissionMismatch,
        fmt::format("The shared access signature grants '{}'; this operation needs one of '{}' in sp.",
                    limits->permissions, required.any_permission));
  return {};
}

}  // namespace vitrine::identity
