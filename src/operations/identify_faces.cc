#include "operations/identify_faces.h"

#include "operations/settle.h"

namespace vitrine::operations {

Task<Result<void>> identify_faces(const Floors& floors, policy::Exchange& exchange,
                                  const identity::AccountName& account) {
  auto attempt = [&]() -> Task<Result<ledger::Committed>> {
    auto decision = floors.gate.decide(exchange, {.action = policy::actions::kFaceIdentify,
                                                  .resource = {account.text(), {}, {}},
                                                  .bounds = {.items = 1}});
    // No part of this server could do it, whatever the rules in force say.
    co_return co_await floors.ledger.commit(exchange, std::move(decision), {.status = 501});
  };
  CO_TRY(co_await until_settled(attempt));
  co_return fail(Code::NotImplemented, "Vitrine has no means to identify people.");
}

}  // namespace vitrine::operations
