// Use case: two people have facets erased from records of an account's journal.
#pragma once

#include <chrono>
#include <string_view>

#include "evidence/erasure.h"
#include "identity/account.h"
#include "operations/floors.h"

namespace vitrine::operations {

struct EraseRecords {
  identity::AccountName account;
  std::uint32_t slot = 0;  ///< of the account in the public log
  evidence::ErasureOrder order;
  std::chrono::sys_seconds time;  ///< when the two agreed to it
  evidence::Approvals approvals;
};

/// Puts the erasure on record in the account's journal, with the ground; the same commit asks for its public
/// entry, and for what the sealer then carries out, also after a crash. Returns whether any of the facets was
/// open; when none was, the record names no facets and nothing is published. The approvals hold for
/// evidence::kAgreementHolds. Errors: InvalidInput for what cannot be erased, for approvals
/// that do not hold and for a time that is not now; RecordNotFound, on record, behind the journal's end and
/// for records that were dropped; PolicyDenied; Corrupt.
Task<Result<bool>> erase_records(const Floors& floors, std::string_view log_origin,
                                 policy::Exchange& exchange, const EraseRecords& request);

/// Waits until every erasure of the stream is carried out to the end; false when it takes longer.
Task<Result<bool>> wait_for_erasures(const Floors& floors, std::uint32_t stream,
                                     std::chrono::milliseconds patience);

}  // namespace vitrine::operations
