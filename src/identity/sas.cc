#include "identity/sas.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/encoding.h"
#include "identity/canonical.h"

namespace vitrine::identity {
namespace {

struct Field {
  std::string_view parameter;
  std::string SasTerms::* text;
};
constexpr Field kFields[] = {
    {"sv", &SasTerms::version},
    {"sp", &SasTerms::permissions},
    {"st", &SasTerms::start},
    {"se", &SasTerms::expiry},
    {"sip", &SasTerms::addresses},
    {"spr", &SasTerms::protocol},
    {"ses", &SasTerms::encryption_scope},
};

bool is_version(std::string_view text) {
  return text.size() == 10 && parse_iso8601(text).has_value();
}

Result<void> read_addresses(SasTerms& terms) {
  if (terms.addresses.empty()) return {};
  auto range = IpRange::parse(terms.addresses);
  if (!range) return refuse_sas("has an invalid address range (sip)");
  terms.allowed_addresses = *range;
  return {};
}

Result<void> read_protocol(SasTerms& terms) {
  const auto& protocol = terms.protocol;
  terms.https_only = protocol == "https";
  if (protocol.empty() || terms.https_only || protocol == "https,http" || protocol == "http,https") return {};
  return refuse_sas("has an invalid protocol (spr)");
}

}  // namespace

bool has_sas(std::span<const NameValue> query) {
  return find_parameter(query, "sig") != nullptr;
}

std::unexpected<Error> refuse_sas(std::string_view what) {
  return fail(Code::AuthenticationFailed, fmt::format("The shared access signature {}.", what));
}

Result<std::string_view> sas_parameter(std::span<const NameValue> query, std::string_view name) {
  auto* found = find_parameter(query, name);
  if (!found) return std::string_view();
  auto behind = query.subspan(static_cast<std::size_t>(found - query.data()) + 1);
  if (find_parameter(behind, name)) return refuse_sas(fmt::format("repeats '{}'", name));
  return found->value;
}

Result<void> read_terms(SasTerms& terms, std::span<const NameValue> query, std::string_view first) {
  for (const auto& field : kFields) terms.*field.text = TRY(sas_parameter(query, field.parameter));
  if (!is_version(terms.version) || terms.version < first)
    return refuse_sas("has no valid version (sv), or one of long ago");
  auto signature = from_base64(TRY(sas_parameter(query, "sig")));
  if (!signature || signature->size() != terms.signature.size())
    return refuse_sas("has a malformed signature (sig)");
  std::ranges::copy(*signature, terms.signature.begin());
  TRY(read_addresses(terms));
  return read_protocol(terms);
}

Result<void> complete_terms(SasTerms& terms) {
  if (terms.permissions.empty()) return refuse_sas("lacks 'sp'");
  if (terms.expiry.empty()) return refuse_sas("lacks 'se'");
  if (terms.permissions.find_first_not_of("abcdefghijklmnopqrstuvwxyz") != std::string::npos)
    return refuse_sas("has invalid permissions (sp)");
  auto until = parse_iso8601(terms.expiry);
  if (!until) return refuse_sas("has an invalid expiry time (se)");
  terms.valid_until = *until;
  if (terms.start.empty()) return {};
  auto from = parse_iso8601(terms.start);
  if (!from) return refuse_sas("has an invalid start time (st)");
  terms.valid_from = *from;
  return {};
}

Result<void> check_use(const SasTerms& terms, const SasUse& use) {
  bool started = !terms.valid_from || use.now >= *terms.valid_from;
  if (!started || use.now >= terms.valid_until)
    return refuse_sas(fmt::format("is not valid at this time: it holds from {} until {}, and it is {}",
                                  terms.start.empty() ? "its making" : terms.start, terms.expiry,
                                  to_iso8601(use.now)));
  if (terms.https_only && !use.secure)
    return fail(Code::AuthorizationProtocolMismatch,
                "The shared access signature may be used over https only; connect by TLS or sign it with "
                "spr=https,http.");
  if (terms.allowed_addresses && !terms.allowed_addresses->contains(use.client_address))
    return fail(Code::AuthorizationSourceIpMismatch,
                fmt::format("The shared access signature may not be used from {}; it names {}.",
                            use.client_address, terms.addresses));
  return {};
}

}  // namespace vitrine::identity
