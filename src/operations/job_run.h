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

/// Works through the pictures, as many at a time as there are workers; closes the job with a record of what
/// was really done. Ends by itself.
Task<void> run_job(const JobFloors& floors, std::shared_ptr<RunningJob> running,
                   identity::Principal principal, std::vector<Candidate> candidates, std::size_t at_a_time);

/// Puts the end on record: state, actual quantities, and what of the charge was not used. Errors: those of
/// the ledger.
Task<Result<void>> close_job(const JobFloors& floors, analysis::Job job, analysis::JobState state,
                             std::string message);

}  // namespace vitrine::operations
