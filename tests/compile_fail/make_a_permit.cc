// error: calling a private constructor of class 'vitrine::policy::Permit'
#include "policy/gate.h"

vitrine::policy::Decision without_the_gate(vitrine::policy::Grounds grounds) {
#ifdef ALLOWED
  (void)grounds;
  throw 0;
#else
  return vitrine::policy::Permit(std::move(grounds), {}, {});
#endif
}
