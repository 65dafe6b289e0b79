#include "identity/account_sas.h"

#include <fmt/format.h>

#include "identity/canonical.h"

namespace vitrine::identity {
namespace {

constexpr std::string_view kFirstVersion = "2015-04-05";
constexpr std::string_view kFirstVersionWithScope = "2020-12-06";

/// Parameters that only other kinds of SAS have.
constexpr std::string_view kOtherKinds[] = {"sr", "si", "skoid", "sduoid"};

Result<void> refuse_other_kinds(std::span<const NameValue> query) {
  for (auto name : kOtherKinds)
    if (find_parameter(query, name))
      return refuse_sas(fmt::format("mixes account SAS ('ss') and others ('{}')", name));
  return {};
}

bool only_letters_of(std::string_view text, std::string_view letters) {
  return !text.empty() && text.find_first_not_of(letters) == std::string_view::npos;
}

}  // namespace

Result<AccountSas> parse_account_sas(std::span<const NameValue> query) {
  TRY(refuse_other_kinds(query));
  AccountSas sas;
  TRY(read_terms(sas, query, kFirstVersion));
  TRY(complete_terms(sas));
  sas.services = TRY(sas_parameter(query, "ss"));
  sas.resource_types = TRY(sas_parameter(query, "srt"));
  if (!only_letters_of(sas.services, "bqtf")) return refuse_sas("has no or an unknown service (ss)");
  if (!only_letters_of(sas.resource_types, "sco"))
    return refuse_sas("has no or an unknown resource type (srt)");
  return sas;
}

std::string string_to_sign(const AccountSas& sas, std::string_view account) {
  auto text =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n", account, sas.permissions, sas.services,
                  sas.resource_types, sas.start, sas.expiry, sas.addresses, sas.protocol, sas.version);
  if (sas.version >= kFirstVersionWithScope) text.append(sas.encryption_scope).append("\n");
  return text;
}

Result<const AccessKey*> verify_account_sas(const AccountSas& sas, const KeyRing& keys, const SasUse& use) {
  auto* signer = keys.find_signer(string_to_sign(sas, keys.account().name.text()), sas.signature);
  if (!signer) return refuse_sas("was made with none of the account's keys, or was changed");
  TRY(check_use(sas, use));
  return signer;
}

}  // namespace vitrine::identity
