// The protocol versions that clients name.
#pragma once

#include <string_view>

#include "base/error.h"
#include "http/headers.h"

namespace vitrine::azure::blob {

/// The newest x-ms-version whose rules this server follows.
inline constexpr std::string_view kNewestVersion = "2026-10-06";

/// Every date is taken, older or newer than known: SDKs send new versions every few months. Errors:
/// InvalidHeaderValue for an x-ms-version that is no date.
Result<void> check_version(const http::Headers& headers);

/// The request's version, or the newest known when it names none. A view into the headers.
std::string_view version_to_answer(const http::Headers& headers);

}  // namespace vitrine::azure::blob
