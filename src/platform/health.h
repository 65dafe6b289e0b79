// Whether the server lives, works, and how much it does.
#pragma once

#include "platform/parts.h"

namespace vitrine::platform {

/// 200 as soon as requests are answered at all.
Task<Result<http::Response>> show_health(const Parts& parts, Call& call);
/// 200 while the store takes commits and seals are made. Errors: Unavailable, saying what is wrong.
Task<Result<http::Response>> show_readiness(const Parts& parts, Call& call);
/// The Prometheus text format, version 0.0.4.
Task<Result<http::Response>> show_metrics(const Parts& parts, Call& call);

}  // namespace vitrine::platform
