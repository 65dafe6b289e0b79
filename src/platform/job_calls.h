// Calls on an account's analysis jobs, and the call that is always refused. The caller signs with a key of
// the account.
#pragma once

#include "platform/parts.h"

namespace vitrine::platform {

/// POST {"container", "task", "prefix"?}: 202 and the job.
Task<Result<http::Response>> start_job(const Parts& parts, Call& call);
/// GET: every job of {account}, oldest first.
Task<Result<http::Response>> list_jobs(const Parts& parts, Call& call);
/// GET: the job {id}.
Task<Result<http::Response>> show_job(const Parts& parts, Call& call);
/// DELETE: the job {id} ends after the pictures it works on; 202.
Task<Result<http::Response>> cancel_job(const Parts& parts, Call& call);

/// Whatever an Azure Face client asks of {account}: authenticated, decided, recorded, denied.
Task<Result<http::Response>> refuse_faces(const Parts& parts, Call& call);

}  // namespace vitrine::platform
