// Use case: which records a job left in its account's journal.
#pragma once

#include "operations/jobs.h"

namespace vitrine::operations {

struct JobRecords {
  std::uint32_t slot = 0;              ///< of the journal
  std::vector<std::uint64_t> indexes;  ///< in the journal's order, at most kMostAtOnce
  /// Where to look on; none once the record of the job's end was found.
  std::optional<std::uint64_t> next;
  bool is_up_to_date = false;  ///< the journal has nothing more now; true also once the end was found

  static constexpr std::size_t kMostAtOnce = 100;
};

/// The record of the job's start, those of its steps (what it read and wrote, permitted or denied) and that
/// of its end, from an index on or from the first. One call looks at a bounded part of the journal, so it may
/// find few, or none, of a job beside which much else happened. Errors: JobNotFound, PolicyDenied, those of
/// the ledger.
Task<Result<JobRecords>> list_job_records(const JobFloors& floors, policy::Exchange& exchange,
                                          const JobRef& ref, std::optional<std::uint64_t> from);

}  // namespace vitrine::operations
