// The way to a model: for whoever holds the proof that using it is on record.
#pragma once

#include "analysis/worker_pool.h"
#include "blobs/body_reader.h"
#include "ledger/committed.h"

namespace vitrine::analysis {

/// Longest a picture may take.
inline constexpr std::chrono::seconds kPictureLimit{60};
/// Largest picture that is taken into memory, in bytes.
inline constexpr std::uint64_t kMostPictureBytes = std::uint64_t{100} << 20;

/// Waits for a place at a worker, then loads the picture, gives it to the worker and carries out the
/// obligations of the decision: no record, no model. Errors: those of the body and of the pool;
/// OutOfRangeInput for a picture over kMostPictureBytes; Unavailable when an obligation was not carried out,
/// and then there is no answer at all.
Task<Result<ImageAnswer>> submit(const ledger::Committed& committed, WorkerPool& pool,
                                 blobs::BodyReader picture);

}  // namespace vitrine::analysis
