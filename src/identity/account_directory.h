// Every account, in memory: who may act, found without asking the store.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/snapshot_map.h"
#include "identity/key_ring.h"
#include "store/entry.h"
#include "store/store.h"

namespace vitrine::identity {

/// Where an account is kept.
store::Key account_key(const AccountName& name);

/// Readers never wait; a change replaces the whole map.
class AccountDirectory {
 public:
  /// Reads every account. Errors: Corrupt, those of the store.
  Result<void> load(const store::Store& store);

  /// Null for an account that does not exist.
  [[nodiscard]] std::shared_ptr<const KeyRing> find(std::string_view name) const;
  [[nodiscard]] std::vector<std::shared_ptr<const KeyRing>> all() const;
  /// The account was committed with this version of its row; an older one than what is known changes nothing.
  void replace(Account account, store::Version version);

 private:
  struct Known {
    std::shared_ptr<const KeyRing> ring;
    store::Version version = 0;
  };
  SnapshotMap<Known> known_;
};

/// Takes every account's data keys in. Errors: those of KeyDirectory::replace.
Result<void> load_data_keys(const AccountDirectory& accounts, keys::KeyDirectory& keys);

}  // namespace vitrine::identity
