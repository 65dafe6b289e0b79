#include "evidence/seal_chain.h"

#include <fmt/format.h>

#include "evidence/readable.h"

namespace vitrine::evidence {
namespace {

template <class... Args>
std::unexpected<Error> broken(fmt::format_string<Args...> format, Args&&... args) {
  return fail(Code::VerificationFailed, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace

Result<void> SealChain::follow(const PublicEntry& entry) {
  auto kept = std::visit([&](const auto& known) { return check(known); }, entry);
  if (std::holds_alternative<AccountCreated>(entry)) ++accounts_;
  if (std::holds_alternative<Loss>(entry)) ++losses_;
  if (const auto* seal = std::get_if<Seal>(&entry)) {
    last_ = *seal;
    last_hash_ = seal_hash(*seal);
  }
  return kept;
}

Result<void> SealChain::check(const Seal& seal) const {
  if (seal.number != last_.number + 1)
    return broken("Seal {} follows seal {}: seals are missing or repeated.", seal.number, last_.number);
  if (seal.previous != last_hash_)
    return broken("Seal {} names another seal than {} as the one before it: history was exchanged.",
                  seal.number, last_.number);
  if (seal.number > 1 && seal.time < last_.time)
    return broken("Seal {} is dated {}, before seal {} ({}): time went back.", seal.number,
                  readable_time(seal.time), last_.number, readable_time(last_.time));
  if (seal.slots != accounts_)
    return broken(
        "Seal {} covers {} journals, but {} accounts were created before it: a journal is hidden or made up.",
        seal.number, seal.slots, accounts_);
  return {};
}

Result<void> SealChain::check(const AccountCreated& created) const {
  if (created.slot == accounts_) return {};
  return broken("An account was given slot {} when {} was next: a slot is skipped or given twice.",
                created.slot, accounts_);
}

Result<void> SealChain::check(const Restart& restart) const {
  if (restart.last_seal == last_.number) return {};
  return broken("A restart names seal {} as the last one, but it was {}.", restart.last_seal, last_.number);
}

Result<void> SealChain::check(const Loss& loss) const {
  if (loss.slot >= accounts_)
    return broken("A loss is stated for slot {}, but only {} were given out.", loss.slot, accounts_);
  return check_approvals(origin_, loss);
}

}  // namespace vitrine::evidence
