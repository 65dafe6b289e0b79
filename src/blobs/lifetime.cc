#include "blobs/lifetime.h"

namespace vitrine::blobs {

Result<void> give_lifetime(Attributes& attributes, const Lifetime& lifetime, Timestamp created,
                           Timestamp now) {
  set_attribute(attributes, TRY(resolve(lifetime.expiry, created, now)));
  return protect(attributes, lifetime.protection, now);
}

}  // namespace vitrine::blobs
