// error: calling a private constructor of class 'vitrine::store::VerdictAccess'
#include "store/store.h"

vitrine::ConstBytes past_the_verdict(const vitrine::store::PinnedBody& body) {
#ifdef ALLOWED
  (void)body;
  return {};
#else
  return body.bytes(vitrine::store::VerdictAccess());
#endif
}
