// The operator's call on the key under which the accounts' data keys are wrapped.
#pragma once

#include "platform/parts.h"

namespace vitrine::platform {

/// POST: begins a rotation, or goes on with one that was not ended, and answers at its end: 200 and what was
/// wrapped anew.
Task<Result<http::Response>> rotate_operator_key(const Parts& parts, Call& call);

}  // namespace vitrine::platform
