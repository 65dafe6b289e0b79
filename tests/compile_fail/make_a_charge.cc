// error: calling a private constructor of class 'vitrine::policy::Charge'
#include "policy/budget.h"

vitrine::policy::Charge for_nothing() {
#ifdef ALLOWED
  return vitrine::policy::Reservation().keep();
#else
  return vitrine::policy::Charge({}, {.items = 1000}, {});
#endif
}
