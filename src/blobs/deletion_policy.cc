#include "blobs/deletion_policy.h"

#include "blobs/sealed.h"

namespace vitrine::blobs {

DeletionPolicy deletion_policy(const DeleteRetention& retention) {
  DeletionPolicy policy{.retention = {}, .allows_permanent = retention.allows_permanent_delete};
  if (retention.enabled) policy.retention = std::chrono::days(retention.days);
  return policy;
}

Result<DeletionPolicy> look_up_deletion_policy(const store::Store& store, const keys::DataKeys& keys,
                                               const identity::AccountName& account) {
  const auto key = service_properties_key(account);
  const auto row = TRY(store.look_up(key));
  if (!row.exists()) return DeletionPolicy();
  const auto properties = TRY(decode_service_properties(TRY(open(keys, key, row.value))));
  return deletion_policy(properties.delete_retention);
}

}  // namespace vitrine::blobs
