#include "evidence/seal_chain.h"

#include <fmt/format.h>

#include "evidence/readable.h"
#include "evidence/refuted.h"
#include "evidence/sealed_head.h"

namespace vitrine::evidence {
Result<void> SealChain::follow(const PublicEntry& entry) {
  auto kept = std::visit([&](const auto& known) { return check(known); }, entry);
  const auto time = time_of(entry);
  if (kept && time && !std::holds_alternative<Seal>(entry)) kept = check_time(*time);
  count(entry);
  return kept;
}

void SealChain::count(const PublicEntry& entry) {
  if (std::holds_alternative<AccountCreated>(entry)) ++accounts_;
  if (std::holds_alternative<Loss>(entry)) ++losses_;
  if (const auto* restart = std::get_if<Restart>(&entry)) {
    ++restarts_;
    if (!restart->after_clean_stop && restart->last_seal > 0) ++unclean_stops_;
  }
  if (const auto* erasure = std::get_if<Erasure>(&entry)) {
    ++erasures_;
    erased_records_ += erasure->records;
    latest_agreement_ = std::max(latest_agreement_, erasure->agreed);
  }
  if (const auto* seal = std::get_if<Seal>(&entry)) {
    last_ = *seal;
    last_hash_ = seal_hash(*seal);
    latest_ = {};
    latest_agreement_ = {};
  } else {
    latest_ = std::max(latest_, time_of(entry).value_or(Seconds{}));
  }
}

Result<void> SealChain::check(const Seal& seal) const {
  if (seal.number != last_.number + 1)
    return refuted("Seal {} follows seal {}: seals are missing or repeated.", seal.number, last_.number);
  if (seal.previous != last_hash_)
    return refuted("Seal {} names another seal than {} as the one before it: history was exchanged.",
                   seal.number, last_.number);
  if (seal.number > 1 && seal.time < last_.time)
    return refuted("Seal {} is dated {}, before seal {} ({}): time went back.", seal.number,
                   readable_time(seal.time), last_.number, readable_time(last_.time));
  if (latest_ > seal.time + kClockTolerance)
    return refuted("Seal {} is dated {}, and an entry before it {}: one of the two times is false.",
                   seal.number, readable_time(seal.time), readable_time(latest_));
  if (latest_agreement_ > seal.time + kAgreementHolds + kClockTolerance)
    return refuted(
        "Seal {} is dated {}, and two people are said to have agreed to an erasure before it at {}: "
        "one of the two times is false.",
        seal.number, readable_time(seal.time), readable_time(latest_agreement_));
  if (seal.policy_epoch < last_.policy_epoch)
    return refuted("Seal {} has policy epoch {}, seal {} had {}: older rules were put back in force.",
                   seal.number, seal.policy_epoch, last_.number, last_.policy_epoch);
  if (seal.slots != accounts_)
    return refuted(
        "Seal {} covers {} journals, but {} accounts were created before it: a journal is hidden or made up.",
        seal.number, seal.slots, accounts_);
  return {};
}

Result<void> SealChain::check(const AccountCreated& created) const {
  if (created.slot == accounts_) return {};
  return refuted("An account was given slot {} when {} was next: a slot is skipped or given twice.",
                 created.slot, accounts_);
}

Result<void> SealChain::check(const Restart& restart) const {
  if (restart.last_seal == last_.number) return {};
  return refuted("A restart names seal {} as the last one, but it was {}.", restart.last_seal, last_.number);
}

Result<void> SealChain::check(const Loss& loss) const {
  if (loss.slot >= accounts_)
    return refuted("A loss is stated for slot {}, but only {} were given out.", loss.slot, accounts_);
  return check_approvals(origin_, loss);
}

/// Before the first seal nothing tells what time it was.
Result<void> SealChain::check_time(Seconds time) const {
  if (last_.number == 0 || time + kClockTolerance >= last_.time) return {};
  return refuted(
      "An entry behind seal {} is dated {}, more than {} s before that seal ({}): it was dated back.",
      last_.number, readable_time(time), kClockTolerance.count(), readable_time(last_.time));
}

/// What two people agreed to is carried out then, or with a new agreement.
Result<void> SealChain::check_agreement(const Erasure& erasure) const {
  const auto latest = erasure.agreed + kAgreementHolds + kClockTolerance;
  if (last_.number == 0 || latest >= last_.time) return {};
  return refuted(
      "An erasure behind seal {} was agreed to at {}, more than {} h before that seal ({}): an old "
      "agreement was used.",
      last_.number, readable_time(erasure.agreed), kAgreementHolds.count(), readable_time(last_.time));
}

Result<void> SealChain::check(const Erasure& erasure) const {
  if (erasure.slot >= accounts_)
    return refuted("An erasure is stated for slot {}, but only {} were given out.", erasure.slot, accounts_);
  TRY(check_agreement(erasure));
  return check_approvals(origin_, erasure);
}

}  // namespace vitrine::evidence
