// error: calling a private constructor of class 'vitrine::ledger::Committed'
#include "ledger/committed.h"

vitrine::ledger::Committed without_a_record(vitrine::policy::Charge charge) {
#ifdef ALLOWED
  throw charge;
#else
  return vitrine::ledger::Committed({}, {}, {}, std::move(charge));
#endif
}
