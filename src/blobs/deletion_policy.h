// For how long an account keeps what is deleted.
// Source: Azure Storage REST, "Set Blob Service Properties", element DeleteRetentionPolicy.
#pragma once

#include <chrono>
#include <optional>

#include "blobs/service_properties.h"
#include "identity/names.h"
#include "keys/data_key.h"
#include "store/store.h"

namespace vitrine::blobs {

struct DeletionPolicy {
  std::optional<std::chrono::days> retention;  ///< 1 to kMostRetentionDays; none: what is deleted is gone
  bool allows_permanent = false;               ///< whether a client may cut the time short

  friend bool operator==(const DeletionPolicy&, const DeletionPolicy&) = default;
};

/// What the settings of a blob service say.
DeletionPolicy deletion_policy(const DeleteRetention& retention);

/// The account's; one that keeps nothing where none was set. Errors: Corrupt, those of the store.
Result<DeletionPolicy> look_up_deletion_policy(const store::Store& store, const keys::DataKeys& keys,
                                               const identity::AccountName& account);

}  // namespace vitrine::blobs
