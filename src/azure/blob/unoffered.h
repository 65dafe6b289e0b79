// What requests may ask for beside their operation and this server does not do.
#pragma once

#include "base/error.h"
#include "http/message.h"

namespace vitrine::azure::blob {

/// Success unless a header or parameter asks for a feature that the server lacks: ignoring it would answer
/// something else than was asked. Values that ask for what holds anyway, and empty ones, are fine. Errors:
/// NotImplemented.
Result<void> refuse_unoffered(const http::Request& request);

}  // namespace vitrine::azure::blob
