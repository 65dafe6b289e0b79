#include "identity/service_sas.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "identity/canonical.h"

namespace vitrine::identity {
namespace {

constexpr std::string_view kFirstVersion = "2012-02-12";
constexpr std::string_view kFirstVersionWithService = "2015-02-21";

/// Which of the two kinds of SAS has a line.
enum class Has : std::uint8_t { Both, Service, Delegation };

/// One line of the text that is signed: a parameter, from that version on. Without a parameter it is
/// something that the request says in another way; without text the canonical resource.
struct Line {
  std::string_view parameter;
  std::string ServiceSas::* text;
  std::string_view since = kFirstVersion;
  Has kind = Has::Both;
};
constexpr std::string_view kFirstDelegation = "2018-11-09";
constexpr Line kLines[] = {
    {"sp", &ServiceSas::permissions},
    {"st", &ServiceSas::start},
    {"se", &ServiceSas::expiry},
    {"", nullptr},
    {"si", &ServiceSas::identifier, kFirstVersion, Has::Service},
    {"skoid", &ServiceSas::object_id, kFirstDelegation, Has::Delegation},
    {"sktid", &ServiceSas::tenant, kFirstDelegation, Has::Delegation},
    {"skt", &ServiceSas::key_start, kFirstDelegation, Has::Delegation},
    {"ske", &ServiceSas::key_expiry, kFirstDelegation, Has::Delegation},
    {"sks", &ServiceSas::key_service, kFirstDelegation, Has::Delegation},
    {"skv", &ServiceSas::key_version, kFirstDelegation, Has::Delegation},
    {"saoid", &ServiceSas::authorized_oid, "2020-02-10", Has::Delegation},
    {"suoid", &ServiceSas::unauthorized_oid, "2020-02-10", Has::Delegation},
    {"scid", &ServiceSas::correlation_id, "2020-02-10", Has::Delegation},
    {"skdutid", &ServiceSas::delegated_tenant, "2025-07-05", Has::Delegation},
    {"sduoid", &ServiceSas::delegated_user, "2025-07-05", Has::Delegation},
    {"sip", &ServiceSas::addresses, "2015-04-05"},
    {"spr", &ServiceSas::protocol, "2015-04-05"},
    {"sv", &ServiceSas::version},
    {"sr", &ServiceSas::resource, "2018-11-09"},
    {"", &ServiceSas::moment, "2018-11-09"},
    {"ses", &ServiceSas::encryption_scope, "2020-12-06"},
    {"srh", &ServiceSas::signed_headers, "2026-04-06", Has::Delegation},
    {"srq", &ServiceSas::signed_parameters, "2026-04-06", Has::Delegation},
    {"rscc", &ServiceSas::cache_control, "2013-08-15"},
    {"rscd", &ServiceSas::content_disposition, "2013-08-15"},
    {"rsce", &ServiceSas::content_encoding, "2013-08-15"},
    {"rscl", &ServiceSas::content_language, "2013-08-15"},
    {"rsct", &ServiceSas::content_type, "2013-08-15"},
};

bool has(const ServiceSas& sas, const Line& line) {
  if (sas.version < line.since) return false;
  return line.kind == Has::Both || sas.is_delegated() == (line.kind == Has::Delegation);
}

bool is_header_text(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

Result<void> check_resource(const ServiceSas& sas) {
  const bool is_past = sas.resource == "bs" || sas.resource == "bv";
  if (sas.resource != "c" && sas.resource != "b" && !is_past)
    return refuse_sas("is of a resource (sr) other than c, b, bs and bv");
  if (is_past && sas.version < "2018-11-09")
    return refuse_sas("is of a snapshot or version, which its version (sv) does not know");
  if (is_past && sas.moment.empty())
    return refuse_sas("is of a snapshot or version, and the request does not say which");
  return {};
}

/// What is not signed could have been added by anybody. The resource is signed by its path.
Result<void> check_lines(const ServiceSas& sas) {
  for (const auto& line : kLines) {
    if (!line.text || line.parameter.empty() || line.parameter == "sr") continue;
    const auto& text = sas.*line.text;
    if (!has(sas, line) && !text.empty())
      return refuse_sas(
          fmt::format("has '{}', which a SAS of its kind and version (sv) does not sign", line.parameter));
    if (!is_header_text(text))
      return refuse_sas(fmt::format("has control characters in '{}'", line.parameter));
  }
  return {};
}

/// Calls `write` with each of the names between commas and its value; of what is absent that is empty.
template <class Write>
void for_each_named(std::string_view names, std::span<const NameValue> values, const Write& write) {
  while (!names.empty()) {
    const auto name = names.substr(0, names.find(','));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    const auto* found = find_parameter(values, to_lower(name));
    write(name, found ? found->value : std::string_view());
  }
}

/// In place of the names in srh and srq, what the request says under them, as SDKs lay it out.
void look_up_signed(ServiceSas& sas, std::span<const NameValue> query, std::span<const NameValue> headers) {
  std::string text;
  for_each_named(sas.signed_headers, headers,
                 [&](auto name, auto value) { text.append(name).append(":").append(value).append("\n"); });
  sas.signed_headers = std::exchange(text, {});
  for_each_named(sas.signed_parameters, query,
                 [&](auto name, auto value) { text.append("\n").append(name).append(":").append(value); });
  sas.signed_parameters = std::move(text);
}

/// A user whom access lists of POSIX bind needs an account with such lists.
Result<void> check_delegation_kind(const ServiceSas& sas) {
  if (!sas.unauthorized_oid.empty())
    return refuse_sas("names a user whose access lists decide (suoid), which accounts of this kind have not");
  return {};
}

Result<void> check_target(const ServiceSas& sas, const SasTarget& target) {
  if (target.container.empty() || (!sas.is_of_container() && target.blob.empty()))
    return refuse_sas("is of a container or blob, and the request is about something else");
  return {};
}

std::string canonical_resource(const ServiceSas& sas, const SasTarget& target) {
  auto text = fmt::format("{}/{}/{}", sas.version >= kFirstVersionWithService ? "/blob" : "", target.account,
                          target.container);
  if (!sas.is_of_container()) text.append("/").append(target.blob);
  return text;
}

}  // namespace

bool is_service_sas(std::span<const NameValue> query) {
  return find_parameter(query, "sr") && !find_parameter(query, "ss");
}

Result<ServiceSas> parse_service_sas(std::span<const NameValue> query, std::span<const NameValue> headers) {
  ServiceSas sas;
  TRY(read_terms(sas, query, kFirstVersion));
  for (const auto& line : kLines)
    if (line.text && !line.parameter.empty()) sas.*line.text = TRY(sas_parameter(query, line.parameter));
  if (sas.resource == "bs") sas.moment = TRY(sas_parameter(query, "snapshot"));
  if (sas.resource == "bv") sas.moment = TRY(sas_parameter(query, "versionid"));
  TRY(check_resource(sas));
  TRY(check_lines(sas));
  TRY(check_delegation_kind(sas));
  look_up_signed(sas, query, headers);
  return sas;
}

std::string string_to_sign(const ServiceSas& sas, const SasTarget& target) {
  std::string text;
  for (const auto& line : kLines) {
    if (!has(sas, line)) continue;
    text.append(line.text ? sas.*line.text : canonical_resource(sas, target)).append("\n");
  }
  text.pop_back();
  return text;
}

Result<const AccessKey*> find_signer(const ServiceSas& sas, const SasTarget& target, const KeyRing& keys) {
  TRY(check_target(sas, target));
  if (auto* signer = keys.find_signer(string_to_sign(sas, target), sas.signature)) return signer;
  return refuse_sas(
      "was made with none of the account's keys, for another container or blob, or was changed");
}

Result<void> check_signature(const ServiceSas& sas, const SasTarget& target, ConstBytes delegation_key) {
  TRY(check_target(sas, target));
  const auto expected = crypto::HmacKey(delegation_key).sign(as_bytes(string_to_sign(sas, target)));
  if (crypto::equal_in_constant_time(expected, sas.signature)) return {};
  return refuse_sas(
      "was made with another user delegation key, for another container or blob, or was changed");
}

Result<void> apply(const StoredPolicy* policy, ServiceSas& sas) {
  if (!policy)
    return refuse_sas(fmt::format(
        "names the stored access policy '{:.64}', which the container does not have", sas.identifier));
  const std::pair<std::string*, const std::string*> parts[] = {
      {&sas.permissions, &policy->permissions}, {&sas.start, &policy->start}, {&sas.expiry, &policy->expiry}};
  for (const auto& [own, stored] : parts) {
    if (!own->empty() && !stored->empty())
      return refuse_sas("says what its stored access policy says already; leave it out of one of them");
    own->append(*stored);
  }
  return {};
}

}  // namespace vitrine::identity
