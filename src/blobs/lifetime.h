// How long a new state is to be there: what it is protected by, and when it expires.
#pragma once

#include "blobs/expiry.h"
#include "blobs/immutability.h"

namespace vitrine::blobs {

struct Lifetime {
  Protection protection{};
  AskedExpiry expiry{};
};

/// Sets it on a new state. Errors: those of protect() and resolve().
Result<void> give_lifetime(Attributes& attributes, const Lifetime& lifetime, Timestamp created,
                           Timestamp now);

}  // namespace vitrine::blobs
