// The rules that entries of the public log keep among each other.
#pragma once

#include "evidence/seal.h"

namespace vitrine::evidence {

/// Follows a public log from its first entry. Seals are numbered without gaps, name the one before them,
/// never go back in time or in policy epoch and count as many slots as accounts were created; slots are given
/// out in order; a restart names the last seal; a loss or an erasure is of a slot that was given out, and two
/// people stand behind it; none is dated more than kClockTolerance before the seal in front of it or behind
/// the next, and when two agreed to an erasure is at most kAgreementHolds more away from them.
class SealChain {
 public:
  /// The log's origin is part of what they sign.
  explicit SealChain(std::string origin) : origin_(std::move(origin)) {}

  /// Errors: VerificationFailed when the entry breaks a rule; the chain then goes on from it.
  Result<void> follow(const PublicEntry& entry);

  [[nodiscard]] std::uint64_t accounts() const { return accounts_; }
  [[nodiscard]] std::uint64_t losses() const { return losses_; }
  [[nodiscard]] std::uint64_t restarts() const { return restarts_; }
  /// The restarts that came neither after an orderly stop nor at the log's beginning.
  [[nodiscard]] std::uint64_t unclean_stops() const { return unclean_stops_; }
  [[nodiscard]] std::uint64_t erasures() const { return erasures_; }
  /// In all erasures together; one that was erased from twice counts twice.
  [[nodiscard]] std::uint64_t erased_records() const { return erased_records_; }
  /// The newest; number 0 while there is none.
  [[nodiscard]] const Seal& last() const { return last_; }

 private:
  Result<void> check(const Seal& seal) const;
  Result<void> check(const AccountCreated& created) const;
  Result<void> check(const Restart& restart) const;
  [[nodiscard]] Result<void> check(const Loss& loss) const;
  [[nodiscard]] Result<void> check(const Erasure& erasure) const;
  static Result<void> check(const Suspension&) { return {}; }
  /// Of any other entry than a seal.
  [[nodiscard]] Result<void> check_time(Seconds time) const;
  [[nodiscard]] Result<void> check_agreement(const Erasure& erasure) const;
  void count(const PublicEntry& entry);

  std::string origin_;
  std::uint64_t accounts_ = 0;
  std::uint64_t losses_ = 0;
  std::uint64_t restarts_ = 0;
  std::uint64_t unclean_stops_ = 0;
  Seconds latest_{};            ///< of the entries since the last seal
  Seconds latest_agreement_{};  ///< of the erasures since then
  std::uint64_t erasures_ = 0;
  std::uint64_t erased_records_ = 0;
  Seal last_;
  Digest last_hash_{};
};

}  // namespace vitrine::evidence
