// Receipts for whoever holds their tokens: one, many, or those of a job.
#pragma once

#include "platform/parts.h"

namespace vitrine::platform {

/// GET: the receipt behind {token}, with `?level=promised` also one that no seal has yet. Errors:
/// ReceiptNotReady until the next seal, RecordNotFound, InvalidQueryParameterValue.
Task<Result<http::Response>> show_receipt(const Parts& parts, Call& call);

/// POST {"tokens", "level"?}: for each token its receipt, or why there is none.
Task<Result<http::Response>> fetch_receipts(const Parts& parts, Call& call);

/// GET: those of the job {id} of {account}, `?marker=` on; the caller signs with a key of the account.
Task<Result<http::Response>> fetch_job_receipts(const Parts& parts, Call& call);

}  // namespace vitrine::platform
