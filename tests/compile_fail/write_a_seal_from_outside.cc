// error: is a private member of 'vitrine::ledger::Ledger'
#include "ledger/ledger.h"

void without_a_record(vitrine::ledger::Ledger& ledger) {
#ifndef ALLOWED
  (void)ledger.write_seal({});
#else
  (void)ledger;
#endif
}
