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

/// Readers never wait; a change replaces the whole map.
class AccountDirectory {
 public:
  /// Reads every account and takes its data keys in; the holder of the operator's key is asked for those only
  /// that are not known yet. Errors: Corrupt, those of the store and of
  /// KeyDirectory::open.
  Result<void> load(const store::Store& store, keys::KeyDirectory& keys);

  /// Null for an account that does not exist.
  [[nodiscard]] std::shared_ptr<const KeyRing> find(std::string_view name) const;
  [[nodiscard]] std::vector<std::shared_ptr<const KeyRing>> all() const;
  /// The account was committed with this version of its row; an older one than what is known changes nothing.
  void replace(Account account, store::Version version);

 private:
  [[nodiscard]] Result<std::shared_ptr<const keys::DataKeys>> keys_of_stored(
      const Account& stored, const keys::KeyDirectory& keys) const;

  struct Known {
    std::shared_ptr<const KeyRing> ring;
    store::Version version = 0;
  };
  SnapshotMap<Known> known_;
};

}  // namespace vitrine::identity
