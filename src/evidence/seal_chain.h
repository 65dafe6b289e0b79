// The rules that entries of the public log keep among each other.
#pragma once

#include "evidence/seal.h"

namespace vitrine::evidence {

/// Follows a public log from its first entry. Seals are numbered without gaps, name the one before them,
/// never go back in time and count as many slots as accounts were created; slots are given out in order; a
/// restart names the last seal; a loss is of a slot that was given out, and two people stand behind it.
class SealChain {
 public:
  /// The log's origin is part of what they sign.
  explicit SealChain(std::string origin) : origin_(std::move(origin)) {}

  /// Errors: VerificationFailed when the entry breaks a rule; the chain then goes on from it.
  Result<void> follow(const PublicEntry& entry);

  [[nodiscard]] std::uint64_t accounts() const { return accounts_; }
  [[nodiscard]] std::uint64_t losses() const { return losses_; }
  /// The newest; number 0 while there is none.
  [[nodiscard]] const Seal& last() const { return last_; }

 private:
  Result<void> check(const Seal& seal) const;
  Result<void> check(const AccountCreated& created) const;
  Result<void> check(const Restart& restart) const;
  [[nodiscard]] Result<void> check(const Loss& loss) const;
  static Result<void> check(const Suspension&) { return {}; }

  std::string origin_;
  std::uint64_t accounts_ = 0;
  std::uint64_t losses_ = 0;
  Seal last_;
  Digest last_hash_{};
};

}  // namespace vitrine::evidence
