// The operator's calls on backups of this server.
#pragma once

#include <boost/json/fwd.hpp>

#include "operations/backups.h"
#include "platform/parts.h"

namespace vitrine::platform {

/// A finished backup, as the calls and the command line tell it.
boost::json::object describe(const backup::Created& created);

/// POST {"to", "full"?, "withKeys"?, "bytesPerSecond"?}: begins a backup into a folder of the server: 202 and
/// its state. Errors: ServerBusy while one is under way.
Task<Result<http::Response>> start_backup(const Parts& parts, Call& call);
/// GET: the last backup that was asked for.
Task<Result<http::Response>> show_backup(const Parts& parts, Call& call);
/// DELETE: ends the one under way: 202.
Task<Result<http::Response>> cancel_backup(const Parts& parts, Call& call);

}  // namespace vitrine::platform
