#include "app/token_parts.h"

#include <fmt/format.h>

#include "app/first_accounts.h"
#include "app/option_file.h"
#include "base/log.h"

namespace vitrine::app {
namespace {

constexpr std::string_view kKeysOption = "--oidc-keys";

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find(','));
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(text.size(), part.size() + 1));
  }
  return parts;
}

Result<void> check_purposes(const identity::RoleAssignment& role, const policy::PurposeRegister& purposes) {
  auto all = role.allowed_purposes;
  all.push_back(role.default_purpose);
  for (const auto& purpose : all)
    if (!purposes.find(purpose.text()))
      return fail(
          Code::InvalidInput,
          fmt::format("The role '{}' of '{}' is for the purpose '{}', which the register does not have.",
                      name(role.role), role.holder, purpose.text()));
  return {};
}

/// What a development server without roles gives to everybody.
Result<std::vector<identity::RoleAssignment>> everybody_is_owner(const policy::PurposeRegister& purposes) {
  return std::vector{
      identity::RoleAssignment{.holder = {},
                               .role = identity::Role::Owner,
                               .account = {},
                               .container = {},
                               .default_purpose = TRY(identity::PurposeId::parse(kDevelopment)),
                               .allowed_purposes = TRY(purposes_of_a_developer(purposes))}};
}

}  // namespace

Result<std::unique_ptr<TokenParts>> TokenParts::open(const Settings& settings,
                                                     const policy::PurposeRegister& purposes) {
  if (settings.oidc_issuer.empty()) return std::unique_ptr<TokenParts>();
  auto audiences = split(settings.oidc_audience);
  if (audiences.empty()) return fail(Code::InvalidInput, "--oidc-audience names nobody whom tokens are for.");
  for (const auto& role : settings.roles) TRY(check_purposes(role, purposes));
  auto verifier = identity::TokenVerifier::open(
      {.issuer = settings.oidc_issuer, .audiences = std::move(audiences), .keys = settings.oidc_keys});
  if (!verifier) return std::unexpected(at_option(kKeysOption, verifier.error()));
  auto roles = settings.roles;
  if (settings.dev && roles.empty()) roles = TRY(everybody_is_owner(purposes));
  if (roles.empty())
    log::warn("Bearer tokens are taken and nobody has a role: add [[role]] to the configuration");
  return std::unique_ptr<TokenParts>(
      new TokenParts(std::move(*verifier), identity::RoleBook(std::move(roles))));
}

}  // namespace vitrine::app
