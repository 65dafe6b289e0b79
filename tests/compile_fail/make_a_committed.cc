// error: calling a private constructor of class 'vitrine::ledger::Committed'
#include "ledger/committed.h"

vitrine::ledger::Committed without_a_record() {
#ifdef ALLOWED
  throw 0;
#else
  return vitrine::ledger::Committed({}, {}, {});
#endif
}
