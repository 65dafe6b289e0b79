// Every account, in memory: who may act, found without asking the store.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

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
  using Map = std::map<std::string, Known, std::less<>>;
  std::atomic<std::shared_ptr<const Map>> current_ = std::make_shared<const Map>();
};

}  // namespace vitrine::identity
