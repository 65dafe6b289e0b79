#include "operations/settle.h"

namespace vitrine::operations {

Task<Error> refuse(const Floors& floors, policy::Exchange& exchange, policy::Decision decision,
                   std::vector<store::Guard> guards, Error error) {
  auto committed = co_await floors.ledger.commit(
      exchange, std::move(decision), ledger::Outcome::refusal(error), {.guards = std::move(guards)});
  if (!committed) co_return std::move(committed).error();
  co_return error;
}

}  // namespace vitrine::operations
