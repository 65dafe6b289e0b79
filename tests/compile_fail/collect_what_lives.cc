// error: calling a private constructor of class 'vitrine::ledger::Collected'
#include "ledger/ledger.h"

void without_a_record(vitrine::ledger::Ledger& ledger, vitrine::ledger::Effect effect) {
#ifndef ALLOWED
  (void)ledger.erase(vitrine::ledger::Collected(effect));
#else
  (void)ledger;
  (void)effect;
#endif
}
