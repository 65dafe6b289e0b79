// The operator's calls on scrub: how far it is, what it found, and a pass at once.
#pragma once

#include "platform/parts.h"

namespace vitrine::platform {

/// GET: the pass under way or the last one, and the one before.
Task<Result<http::Response>> show_scrub(const Parts& parts, Call& call);
/// POST {"bytesPerSecond"?}: begins a pass now and gives up the one under way: 202 and its number.
Task<Result<http::Response>> start_scrub(const Parts& parts, Call& call);

}  // namespace vitrine::platform
