// error: 'read_access' is a private member of 'vitrine::ledger::Committed'
#include "ledger/committed.h"
#include "store/store.h"

void with_any_record(vitrine::store::Store& store, const vitrine::ledger::Committed& of_a_container,
                     const vitrine::store::SegmentId& any) {
#ifndef ALLOWED
  (void)store.open_segment(of_a_container.read_access(), any, {});
#else
  (void)store;
  (void)of_a_container;
  (void)any;
#endif
}
