// error: calling a private constructor of class 'vitrine::store::CommitAccess'
#include "store/store.h"

vitrine::Task<vitrine::Result<vitrine::store::Position>> without_the_ledger(vitrine::store::Store& store) {
#ifdef ALLOWED
  (void)store;
  throw 0;
#else
  return store.commit(vitrine::store::CommitAccess(), {});
#endif
}
