// error: calling a private constructor of class 'vitrine::blobs::BodyReader'
#include "blobs/body_reader.h"

namespace blobs = vitrine::blobs;

vitrine::Result<blobs::BodyReader> without_comparing_the_content(const vitrine::ledger::Committed& committed,
                                                                 vitrine::store::Store& store,
                                                                 vitrine::store::ReadAccess access,
                                                                 blobs::PinnedContent content) {
#ifdef ALLOWED
  (void)access;
  return blobs::BodyReader::open(committed, store, std::move(content));
#else
  (void)committed;
  return blobs::BodyReader(store, access, std::move(content));
#endif
}
