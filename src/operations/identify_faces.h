// The use case that is never carried out: telling who somebody is by their face.
#pragma once

#include "identity/names.h"
#include "operations/floors.h"

namespace vitrine::operations {

/// Decides and records the request, which the charter forbids: the answer is the denial. Errors:
/// PolicyDenied, those of the ledger.
Task<Result<void>> identify_faces(const Floors& floors, policy::Exchange& exchange,
                                  const identity::AccountName& account);

}  // namespace vitrine::operations
