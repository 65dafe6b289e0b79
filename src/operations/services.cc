#include "operations/services.h"

#include "operations/settle.h"

namespace vitrine::operations {
namespace {

Task<Result<void>> record(const Floors& floors, policy::Exchange& exchange,
                          const identity::AccountName& account, policy::Action action, unsigned status,
                          std::string_view container = {}, ledger::Effect effect = {}) {
  auto attempt = [&]() -> Task<Result<ledger::Committed>> {
    auto decision = floors.gate.decide(
        exchange, {.action = action, .resource = {account.text(), std::string(container), {}}, .bounds = {}});
    co_return co_await floors.ledger.commit(exchange, std::move(decision), {.status = status}, effect);
  };
  CO_TRY(co_await until_settled(attempt));
  co_return Result<void>{};
}

}  // namespace

Task<Result<void>> get_service_statistics(const Floors& floors, policy::Exchange& exchange,
                                          const identity::AccountName& account) {
  return record(floors, exchange, account, policy::actions::kServiceStatistics, 200);
}

Task<Result<void>> get_account_information(const Floors& floors, policy::Exchange& exchange,
                                           const identity::AccountName& account) {
  return record(floors, exchange, account, policy::actions::kAccountInformation, 200);
}

Result<crypto::Aes256Key> delegation_key(const Floors& floors, const identity::AccountName& account,
                                         const identity::DelegationTerms& terms) {
  const auto text = TRY(identity::derivation_text(terms));
  return TRY(floors.keys.any_of(account.text()))->delegation_key(as_bytes(text));
}

Task<Result<crypto::Aes256Key>> get_user_delegation_key(const Floors& floors, policy::Exchange& exchange,
                                                        const identity::AccountName& account,
                                                        const identity::DelegationTerms& terms) {
  const auto key = CO_TRY(delegation_key(floors, account, terms));
  CO_TRY(co_await record(floors, exchange, account, policy::actions::kUserDelegationKey, 200));
  co_return key;
}

Task<Result<void>> send_batch(const Floors& floors, policy::Exchange& exchange,
                              const identity::AccountName& account, std::string_view container) {
  return record(floors, exchange, account,
                container.empty() ? policy::actions::kServiceBatch : policy::actions::kContainerBatch, 202,
                container);
}

}  // namespace vitrine::operations
