#include "policy/gate.h"

#include "policy/charter.h"

namespace vitrine::policy {
namespace {

/// What permits when nothing forbids: holding a credential of the account that is bound to the purpose.
constexpr std::string_view kCredentialHolder = "base/credential-of-the-account";

/// Obligations are on what analysis makes; stored bytes are given out as they are.
std::vector<Obligation> obligations_on(const Action& action, const Purpose& purpose) {
  return action.service == Service::Storage ? std::vector<Obligation>{} : purpose.obligations;
}

/// Suspensions and budgets bind the account's own credentials: the operator must be able to suspend and to
/// lift, and the server to close what it ended.
bool acts_for_the_operator(const identity::Principal& principal) {
  return principal.credential == identity::CredentialKind::Operator ||
         principal.credential == identity::CredentialKind::System;
}

std::string bundle_of(const PurposeRegister& purposes) {
  auto text = charter_text();
  text.append(kCredentialHolder)
      .append(
          ": what nothing above forbids is permitted to whoever holds a credential of the account, for a "
          "purpose "
          "that it is bound to.\n");
  for (const auto& id : purposes.ids()) {
    const auto& purpose = *purposes.find(id);
    text += "purpose " + id + ":";
    for (auto service : purpose.services) text.append(" ").append(name(service));
    for (auto obligation : purpose.obligations) text.append(" !").append(name(obligation));
    for (const auto& budget : purpose.budgets)
      text.append(" ")
          .append(name(budget.service))
          .append("/")
          .append(name(budget.quantity))
          .append("/")
          .append(name(budget.window))
          .append("<=")
          .append(std::to_string(budget.limit));
    text += "\n";
  }
  return text;
}

}  // namespace

Gate::Gate(PurposeRegister purposes, const Clock& clock)
    : purposes_(std::move(purposes)),
      clock_(clock),
      bundle_(bundle_of(purposes_)),
      bundle_hash_(crypto::sha256(as_bytes(bundle_))) {}

std::expected<Reservation, BudgetExceeded> Gate::reserve(const Exchange& exchange, const Intent& intent,
                                                         const Purpose& purpose) {
  if (acts_for_the_operator(exchange.principal)) return Reservation{};
  Usage usage{exchange.principal.organisation.text(), &purpose, intent.action.service};
  if (intent.charge)
    if (auto drawn = intent.charge->draw(usage, intent.bounds)) return std::move(*drawn);
  return budgets_.reserve(std::move(usage), intent.bounds, clock_.now());
}

Decision Gate::decide(const Exchange& exchange, Intent intent) {
  auto standing = standings_.of(intent.resource.account);
  Facts facts{.exchange = exchange,
              .intent = intent,
              .purpose = purposes_.find(exchange.purpose),
              .credential_allows_purpose = exchange.principal.may_act_for(exchange.purpose),
              .service_suspended =
                  standing.is_suspended(intent.action.service) && !acts_for_the_operator(exchange.principal),
              .exceeded = {}};
  Reservation reservation;
  const CharterRule* forbidding = find_forbidding(facts);
  if (!forbidding) {
    auto reserved = reserve(exchange, intent, *facts.purpose);
    if (reserved)
      reservation = std::move(*reserved);
    else
      facts.exceeded = reserved.error();
    forbidding = find_forbidding(facts);
  }
  Grounds grounds{.intent = {},
                  .policies = {forbidding ? forbidding->id : kCredentialHolder},
                  .bundle_hash = bundle_hash_,
                  .guards = {{standing_key(intent.resource.account), standing.version, standing.read_at}}};
  if (forbidding) {
    auto sentence = forbidding->explain(facts);
    grounds.intent = std::move(intent);
    return Denial(std::move(grounds), std::move(sentence));
  }
  grounds.intent = std::move(intent);
  auto obligations = obligations_on(grounds.intent.action, *facts.purpose);
  return Permit(std::move(grounds), std::move(obligations), std::move(reservation));
}

}  // namespace vitrine::policy
