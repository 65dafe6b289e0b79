// error: too few arguments to function call
#include "analysis/submit.h"

void without_a_committed(vitrine::analysis::WorkerPool& pool, vitrine::blobs::BodyReader picture) {
#ifndef ALLOWED
  (void)vitrine::analysis::submit(pool, std::move(picture));
#else
  (void)pool;
  (void)picture;
#endif
}
