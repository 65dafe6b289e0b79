// What all shared access signatures have in common: when, from where and how they may be used.
// Source: Azure Storage REST, "Create an account SAS", "Create a service SAS".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "identity/ip_range.h"
#include "identity/signed_request.h"

namespace vitrine::identity {

/// The terms of a SAS. The texts are the decoded parameters exactly as sent, because these are signed.
struct SasTerms {
  std::string version, permissions, start, expiry, addresses, protocol, encryption_scope;
  std::optional<Timestamp> valid_from;
  Timestamp valid_until;
  std::optional<IpRange> allowed_addresses;
  bool https_only = false;
  std::array<std::uint8_t, 32> signature{};
};

/// How and when a SAS is used.
struct SasUse {
  std::string_view client_address;  ///< without port
  bool secure = false;              ///< over TLS
  Timestamp now;
};

/// Whether the query carries a shared access signature of any kind.
bool has_sas(std::span<const NameValue> query);

/// The error of a SAS that does not hold. `what` goes on from "The shared access signature".
std::unexpected<Error> refuse_sas(std::string_view what);

/// A parameter's value, empty when absent. Sent twice it could be signed once and obeyed once. Errors:
/// AuthenticationFailed for a repeated one.
Result<std::string_view> sas_parameter(std::span<const NameValue> query, std::string_view name);

/// Reads the signature and all terms but the permissions, which may stand elsewhere, as may the times.
/// `first` is the oldest version that is understood; unknown later ones are read as the newest known. Errors:
/// AuthenticationFailed.
Result<void> read_terms(SasTerms& terms, std::span<const NameValue> query, std::string_view first);

/// Understands the times and permissions, of which all but the start must be there by now. Errors:
/// AuthenticationFailed.
Result<void> complete_terms(SasTerms& terms);

/// Whether the SAS may be used so. Errors: AuthenticationFailed outside of its time,
/// AuthorizationProtocolMismatch, AuthorizationSourceIpMismatch.
Result<void> check_use(const SasTerms& terms, const SasUse& use);

}  // namespace vitrine::identity
