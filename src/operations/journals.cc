#include "operations/journals.h"

#include "operations/settle.h"

namespace vitrine::operations {

Task<Result<evidence::SealedHead>> show_journal(const Floors& floors, ledger::Sealer& sealer,
                                                policy::Exchange& exchange,
                                                const identity::AccountName& account) {
  auto head = CO_TRY(co_await sealer.journal_head(exchange.slot));
  auto attempt = [&]() -> Task<Result<ledger::Committed>> {
    auto decision = floors.gate.decide(
        exchange,
        {.action = policy::actions::kJournalShow, .resource = {account.text(), {}, {}}, .bounds = {}});
    co_return co_await floors.ledger.commit(exchange, std::move(decision), {});
  };
  CO_TRY(co_await until_settled(attempt));
  co_return head;
}

Task<Result<Bytes>> read_journal(const Floors& floors, policy::Exchange& exchange,
                                 const identity::AccountName& account, const JournalFileId& file) {
  const auto path = std::visit([](const auto& id) { return tlog::path(id); }, file);
  auto bytes =
      std::visit([&](const auto& id) { return floors.ledger.journals().read(exchange.slot, id); }, file);
  if (!bytes && bytes.error().code != Code::ResourceNotFound) co_return std::unexpected(bytes.error());
  auto attempt = [&]() -> Task<Result<ledger::Committed>> {
    auto decision = floors.gate.decide(
        exchange,
        {.action = policy::actions::kJournalRead, .resource = {account.text(), {}, path}, .bounds = {}});
    if (!bytes)
      co_return std::unexpected(co_await refuse(floors, exchange, std::move(decision), {}, bytes.error()));
    co_return co_await floors.ledger.commit(exchange, std::move(decision), {});
  };
  CO_TRY(co_await until_settled(attempt));
  co_return bytes;
}

}  // namespace vitrine::operations
