// The public log over HTTP: static files as C2SP tlog-tiles lays them out.
#pragma once

#include "platform/parts.h"

namespace vitrine::platform {

/// The newest signed checkpoint; never to be cached.
Task<Result<http::Response>> show_checkpoint(const Parts& parts, Call& call);
/// A tile or entry bundle, {path...} below "tile/"; it never changes. Only paths that tlog::path makes reach
/// the file system. Errors: ResourceNotFound.
Task<Result<http::Response>> show_tile(const Parts& parts, Call& call);
/// The log's public key as one line "name+hash+base64".
Task<Result<http::Response>> show_log_key(const Parts& parts, Call& call);

}  // namespace vitrine::platform
