// Use cases on the settings of an account's blob service. Errors, also: PolicyDenied, those of the store.
#pragma once

#include "blobs/service_properties.h"
#include "operations/floors.h"

namespace vitrine::operations {

/// The settings as they were found, and the guard that holds as long as they do.
struct FoundServiceProperties {
  blobs::ServiceProperties properties;
  store::Guard guard;
};
/// For operations that depend on them: decides and records nothing. Errors: Corrupt, Unavailable, those of
/// the store.
Result<FoundServiceProperties> look_up_service_properties(const Floors& floors,
                                                          const identity::AccountName& account);

Task<Result<blobs::ServiceProperties>> get_service_properties(const Floors& floors,
                                                              policy::Exchange& exchange,
                                                              const identity::AccountName& account);

struct SetServiceProperties {
  identity::AccountName account;
  blobs::ServicePropertiesChange change;
};
/// A static website that is switched on gets its container, $web, if there is none; visitors read it for the
/// purpose that this is done for.
Task<Result<void>> set_service_properties(const Floors& floors, policy::Exchange& exchange,
                                          const SetServiceProperties& request);

}  // namespace vitrine::operations
