// How long blobs are there, as the wire has it: immutability policies, legal holds, expiry, versions.
// Source: Azure Storage REST, "Set Blob Immutability Policy", "Set Blob Legal Hold", "Set Blob Expiry", "Put
// Blob", "Get Blob Properties".
#pragma once

#include <optional>

#include "blobs/blob_head.h"
#include "blobs/lifetime.h"
#include "http/headers.h"

namespace vitrine::azure::blob {

inline constexpr std::string_view kPolicyUntil = "x-ms-immutability-policy-until-date",
                                  kPolicyMode = "x-ms-immutability-policy-mode",
                                  kLegalHold = "x-ms-legal-hold", kExpiryTime = "x-ms-expiry-time";

/// x-ms-immutability-policy-until-date and -mode, Unlocked when that is absent; none when neither is sent.
/// Errors: InvalidHeaderValue; MissingRequiredHeader for a mode without a date.
Result<std::optional<blobs::ImmutabilityPolicy>> parse_policy(const http::Headers& headers);
/// x-ms-expiry-option and x-ms-expiry-time: milliseconds, or for Absolute a date. Errors: InvalidHeaderValue,
/// MissingRequiredHeader.
Result<blobs::AskedExpiry> parse_expiry(const http::Headers& headers);
/// All that a new blob comes with. Errors: those of the above.
Result<blobs::Lifetime> parse_lifetime(const http::Headers& headers);

/// "unlocked" or "locked".
std::string_view word_of(blobs::PolicyMode mode);
/// What can be told of an attribute; none where it cannot be read, so that all else is told still.
template <class T>
std::optional<T> told(const blobs::Attributes& attributes) {
  auto found = blobs::attribute<T>(attributes);
  return found ? *found : std::nullopt;
}
/// The headers of what the blob has of these.
void add_lifetime(http::Headers& headers, const blobs::Attributes& attributes);

}  // namespace vitrine::azure::blob
