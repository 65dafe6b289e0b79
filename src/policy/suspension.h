// Services switched off for an account.
#pragma once

#include <bitset>
#include <string>

#include "base/snapshot_map.h"
#include "policy/purpose.h"
#include "store/commit.h"

namespace vitrine::policy {

/// Which services an account may not use now.
struct Standing {
  std::bitset<kServiceCount> suspended;
  /// Of the stored row: every decision that relied on this standing names it as a guard.
  store::Version version = 0;
  /// Every commit up to this one was looked at: makes checking the guard cheap.
  store::Version read_at = 0;

  [[nodiscard]] bool is_suspended(Service service) const {
    return suspended.test(static_cast<std::size_t>(service));
  }
};

/// The stored row's place and value.
store::Key standing_key(std::string_view account);
std::string encode_standing(const Standing& standing);
/// Errors: Corrupt.
Result<Standing> decode_standing(const store::Entry& entry);

/// Every account's standing in memory; readers never wait. Accounts without a row have every service.
class Standings {
 public:
  /// At start: no row but those given to `replace` was there when the store was at this version.
  void begin(store::Version read_at) { read_at_ = read_at; }
  [[nodiscard]] Standing of(std::string_view account) const;
  /// The row was committed. An older one than what is known changes nothing.
  void replace(std::string_view account, const Standing& standing);

 private:
  store::Version read_at_ = 0;
  SnapshotMap<Standing> standings_;
};

}  // namespace vitrine::policy
