// error: call to implicitly-deleted copy constructor of 'vitrine::policy::Permit'
#include "policy/gate.h"

vitrine::policy::Permit used_twice(vitrine::policy::Permit& permit) {
#ifdef ALLOWED
  return std::move(permit);
#else
  return permit;
#endif
}
