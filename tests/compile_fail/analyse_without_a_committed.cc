// error: 'run' is a private member of 'vitrine::analysis::WorkerPool'
#include "analysis/submit.h"

namespace analysis = vitrine::analysis;

vitrine::Task<vitrine::Result<analysis::ImageAnswer>> without_a_record(
    const vitrine::ledger::Committed& committed, analysis::WorkerPool& pool,
    vitrine::blobs::BodyReader picture, analysis::ImageInput of_anywhere) {
#ifdef ALLOWED
  (void)of_anywhere;
  return analysis::submit(committed, pool, std::move(picture));
#else
  (void)committed;
  (void)picture;
  return pool.run({}, {}, std::move(of_anywhere), analysis::kPictureLimit);
#endif
}
