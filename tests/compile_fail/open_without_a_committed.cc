// error: too few arguments to function call
#include "blobs/body_reader.h"

namespace blobs = vitrine::blobs;

void without_a_committed(vitrine::store::Store& store, blobs::PinnedContent content) {
#ifndef ALLOWED
  (void)blobs::BodyReader::open(store, std::move(content));
#else
  (void)store;
  (void)content;
#endif
}
