#include "operations/services.h"

#include "operations/settle.h"

namespace vitrine::operations {
namespace {

Task<Result<void>> record(const Floors& floors, policy::Exchange& exchange,
                          const identity::AccountName& account, policy::Action action, unsigned status) {
  auto attempt = [&]() -> Task<Result<ledger::Committed>> {
    auto decision =
        floors.gate.decide(exchange, {.action = action, .resource = {account.text(), {}, {}}, .bounds = {}});
    co_return co_await floors.ledger.commit(exchange, std::move(decision), {.status = status});
  };
  CO_TRY(co_await until_settled(attempt));
  co_return Result<void>{};
}

}  // namespace

Task<Result<void>> get_service_properties(const Floors& floors, policy::Exchange& exchange,
                                          const identity::AccountName& account) {
  return record(floors, exchange, account, policy::actions::kServiceProperties, 200);
}

Task<Result<void>> set_service_properties(const Floors& floors, policy::Exchange& exchange,
                                          const identity::AccountName& account) {
  return record(floors, exchange, account, policy::actions::kServiceSetProperties, 202);
}

Task<Result<void>> get_account_information(const Floors& floors, policy::Exchange& exchange,
                                           const identity::AccountName& account) {
  return record(floors, exchange, account, policy::actions::kAccountInformation, 200);
}

}  // namespace vitrine::operations
