// The rules that entries of the public log keep among each other.
#pragma once

#include "evidence/seal.h"

namespace vitrine::evidence {

/// Follows a public log from its first entry. Seals are numbered without gaps, name the one before them,
/// never go back in time and count as many slots as accounts were created; slots are given out in order; a
/// restart names the last seal.
class SealChain {
 public:
  /// Errors: VerificationFailed when the entry breaks a rule; the chain then goes on from it.
  Result<void> follow(const PublicEntry& entry);

  [[nodiscard]] std::uint64_t accounts() const { return accounts_; }
  /// The newest; number 0 while there is none.
  [[nodiscard]] const Seal& last() const { return last_; }

 private:
  Result<void> check(const Seal& seal) const;
  Result<void> check(const AccountCreated& created) const;
  Result<void> check(const Restart& restart) const;
  static Result<void> check(const Suspension&) { return {}; }

  std::uint64_t accounts_ = 0;
  Seal last_;
  Digest last_hash_{};
};

}  // namespace vitrine::evidence
