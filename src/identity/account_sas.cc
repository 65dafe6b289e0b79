#include "identity/account_sas.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/encoding.h"
#include "identity/canonical.h"

namespace vitrine::identity {
namespace {

constexpr std::string_view kFirstVersion = "2015-04-05";
constexpr std::string_view kFirstVersionWithScope = "2020-12-06";

struct Field {
  std::string_view parameter;
  std::string AccountSas::* text;
  bool required;
};
constexpr Field kFields[] = {
    {"sv", &AccountSas::version, true},
    {"ss", &AccountSas::services, true},
    {"srt", &AccountSas::resource_types, true},
    {"sp", &AccountSas::permissions, true},
    {"se", &AccountSas::expiry, true},
    {"st", &AccountSas::start, false},
    {"sip", &AccountSas::addresses, false},
    {"spr", &AccountSas::protocol, false},
    {"ses", &AccountSas::encryption_scope, false},
};
/// Parameters that only other kinds of SAS have.
constexpr std::string_view kOtherKinds[] = {"sr", "si", "skoid", "sduoid"};

std::unexpected<Error> refuse(std::string_view what) {
  return fail(Code::AuthenticationFailed, fmt::format("The shared access signature {}.", what));
}

/// A parameter's value, empty when absent. Sent twice it could be signed once and obeyed once.
Result<std::string_view> parameter(std::span<const NameValue> query, std::string_view name) {
  auto* found = find_parameter(query, name);
  if (!found) return std::string_view();
  auto behind = query.subspan(static_cast<std::size_t>(found - query.data()) + 1);
  if (find_parameter(behind, name)) return refuse(fmt::format("repeats '{}'", name));
  return found->value;
}

Result<void> refuse_other_kinds(std::span<const NameValue> query) {
  for (auto name : kOtherKinds)
    if (find_parameter(query, name))
      return refuse("is not an account SAS; this server accepts account keys and account SAS only");
  return {};
}

bool is_version(std::string_view text) {
  return text.size() == 10 && parse_iso8601(text).has_value();
}

bool only_letters_of(std::string_view text, std::string_view letters) {
  return text.find_first_not_of(letters) == std::string_view::npos;
}

Result<void> interpret(AccountSas& sas) {
  if (!is_version(sas.version) || sas.version < kFirstVersion) return refuse("has an invalid version (sv)");
  if (!only_letters_of(sas.services, "bqtf")) return refuse("has an unknown service (ss)");
  if (!only_letters_of(sas.resource_types, "sco")) return refuse("has an unknown resource type (srt)");
  if (!only_letters_of(sas.permissions, "abcdefghijklmnopqrstuvwxyz"))
    return refuse("has invalid permissions (sp)");
  auto until = parse_iso8601(sas.expiry);
  if (!until) return refuse("has an invalid expiry time (se)");
  sas.valid_until = *until;
  if (!sas.start.empty()) {
    auto from = parse_iso8601(sas.start);
    if (!from) return refuse("has an invalid start time (st)");
    sas.valid_from = *from;
  }
  if (!sas.addresses.empty()) {
    auto range = IpRange::parse(sas.addresses);
    if (!range) return refuse("has an invalid address range (sip)");
    sas.allowed_addresses = *range;
  }
  sas.https_only = sas.protocol == "https";
  if (!sas.protocol.empty() && !sas.https_only && sas.protocol != "https,http" &&
      sas.protocol != "http,https")
    return refuse("has an invalid protocol (spr)");
  return {};
}

Result<void> check_use(const AccountSas& sas, const SasUse& use) {
  bool started = !sas.valid_from || use.now >= *sas.valid_from;
  if (!started || use.now >= sas.valid_until)
    return refuse(fmt::format("is not valid at this time: it holds from {} until {}, and it is {}",
                              sas.start.empty() ? "its making" : sas.start, sas.expiry, to_iso8601(use.now)));
  if (sas.https_only && !use.secure)
    return fail(Code::AuthorizationProtocolMismatch,
                "The shared access signature may be used over https only; connect by TLS or sign it with "
                "spr=https,http.");
  if (sas.allowed_addresses && !sas.allowed_addresses->contains(use.client_address))
    return fail(Code::AuthorizationSourceIpMismatch,
                fmt::format("The shared access signature may not be used from {}; it names {}.",
                            use.client_address, sas.addresses));
  return {};
}

}  // namespace

bool has_sas(std::span<const NameValue> query) {
  return find_parameter(query, "sig") != nullptr;
}

Result<AccountSas> parse_account_sas(std::span<const NameValue> query) {
  TRY(refuse_other_kinds(query));
  AccountSas sas;
  for (const auto& field : kFields) {
    auto value = TRY(parameter(query, field.parameter));
    if (value.empty() && field.required) return refuse(fmt::format("lacks '{}'", field.parameter));
    sas.*field.text = value;
  }
  auto signature = from_base64(TRY(parameter(query, "sig")));
  if (!signature || signature->size() != sas.signature.size())
    return refuse("has a malformed signature (sig)");
  std::ranges::copy(*signature, sas.signature.begin());
  TRY(interpret(sas));
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
  if (!signer) return refuse("was made with none of the account's keys, or was changed");
  TRY(check_use(sas, use));
  return signer;
}

}  // namespace vitrine::identity
