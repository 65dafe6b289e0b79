// An account's journal as files, for its operator and for the account itself.
#pragma once

#include "platform/call.h"
#include "platform/parts.h"

namespace vitrine::platform {

/// GET /api/v1/accounts/{account}/journal: begins an export; the head, as `vitrine export journal` keeps it.
Task<Result<http::Response>> export_journal(const Parts& parts, Call& call);
/// GET /api/v1/accounts/{account}/journal/tile/{path...}: a tile or an entry bundle.
Task<Result<http::Response>> show_journal_file(const Parts& parts, Call& call);

}  // namespace vitrine::platform
