// A job at work.
#pragma once

#include "operations/jobs.h"

namespace vitrine::operations {

/// A picture that a job has to look at.
struct Candidate {
  blobs::BlobName blob;
  tlog::Digest content_root{};
};

/// Whether insights of this content by these models are there already.
Result<bool> is_analysed(const JobFloors& floors, const ContainerRef& container, const Candidate& candidate,
                         bool redaction_due);

/// Works through the pictures, each paid from the charge, as many at a time as there are workers; closes the
/// job with a record of what was really done. Ends by itself.
Task<void> run_job(const JobFloors& floors, std::shared_ptr<RunningJob> running,
                   identity::Principal principal, std::vector<Candidate> candidates, policy::Charge charge,
                   std::size_t at_a_time);

/// A job as it is kept.
store::Write write_job(const keys::DataKeys& keys, const analysis::Job& job);

/// How a job ended.
struct JobEnd {
  analysis::JobState state = analysis::JobState::Succeeded;
  std::string message;                       ///< a sentence for a person; may be empty
  std::optional<std::uint64_t> first_index;  ///< of the record of its start; none when that was dropped
  policy::Bounds used;                       ///< what was charged when nobody knows better
  std::vector<store::CounterDelta> refund;
};

/// Puts the end on record: state, actual quantities, and what of the charge was not used. Errors: those of
/// the ledger.
Task<Result<void>> close_job(const JobFloors& floors, analysis::Job job, JobEnd end);

/// The journal index of the record that a job's start left, found by its request: for jobs that a crash left
/// open. Errors: RecordNotFound, those of the store.
Result<std::uint64_t> find_start(const Floors& floors, std::uint32_t slot, const std::string& request_id);

}  // namespace vitrine::operations
