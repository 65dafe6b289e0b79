// error: calling a private constructor of class 'vitrine::store::ReadAccess'
#include "store/store.h"

vitrine::ConstBytes without_a_committed(const vitrine::store::PinnedBody& body) {
#ifdef ALLOWED
  (void)body;
  return {};
#else
  return body.bytes(vitrine::store::ReadAccess());
#endif
}
