#include "operations/journals.h"

#include <fmt/format.h>

#include "operations/settle.h"

namespace vitrine::operations {
namespace {

/// Whether that record says that whoever asks now was permitted to export this journal, not long ago.
Result<bool> is_export(const Floors& floors, const policy::Exchange& exchange, ledger::RecordPlace place) {
  const auto stored = TRY(floors.ledger.journals().records(place.slot, place.index, 1));
  if (stored.empty()) return false;
  const auto record = TRY(evidence::decode_shown(as_bytes(stored.front().bytes)));
  const auto facet = [&](evidence::FacetKind kind) {
    return std::get_if<evidence::Facet>(&record.facets[static_cast<std::size_t>(kind)]);
  };
  const auto *who = facet(evidence::FacetKind::Who), *what = facet(evidence::FacetKind::What);
  const auto *why = facet(evidence::FacetKind::Why), *outcome = facet(evidence::FacetKind::Outcome);
  if (!who || !what || !why || !outcome) return false;
  constexpr unsigned kOk = 200;
  const auto ended = TRY(evidence::decode_outcome(outcome->cbor));
  return TRY(evidence::decode_who(who->cbor)).principal == exchange.principal.text() &&
         TRY(evidence::decode_what(what->cbor)).action == policy::actions::kJournalExport.name &&
         TRY(evidence::decode_why(why->cbor)).decision == evidence::Decision::Permitted &&
         ended.status == kOk && floors.clock.now() - ended.time < kExportLasts;
}

Result<void> check_export(const Floors& floors, const policy::Exchange& exchange, std::string_view token) {
  const auto place = floors.ledger.tokens().open(token);
  if (place && place->slot == exchange.slot && TRY(is_export(floors, exchange, *place))) return {};
  return fail(Code::InvalidHeaderValue,
              fmt::format("{} is not the receipt's token of an export of this journal that you began within "
                          "the last hour. Ask for the journal again: the answer has a new one.",
                          kExportHeader));
}

}  // namespace

Task<Result<evidence::SealedHead>> export_journal(const Floors& floors, ledger::Sealer& sealer,
                                                  policy::Exchange& exchange,
                                                  const identity::AccountName& account) {
  auto attempt = [&]() -> Task<Result<ledger::Committed>> {
    auto decision = floors.gate.decide(
        exchange,
        {.action = policy::actions::kJournalExport, .resource = {account.text(), {}, {}}, .bounds = {}});
    co_return co_await floors.ledger.commit(exchange, std::move(decision), {});
  };
  const auto committed = CO_TRY(co_await until_settled(attempt));
  co_return co_await sealer.journal_head({exchange.slot, committed.journal_index()});
}

Task<Result<Bytes>> read_journal(const Floors& floors, policy::Exchange& exchange,
                                 const identity::AccountName& account, const JournalFileId& file,
                                 std::string_view under) {
  const auto path = std::visit([](const auto& id) { return tlog::path(id); }, file);
  auto read = [&]() -> Result<Bytes> {
    if (!under.empty()) TRY(check_export(floors, exchange, under));
    return std::visit([&](const auto& id) { return floors.ledger.journals().read(exchange.slot, id); }, file);
  };
  auto bytes = read();
  const bool is_answer =
      bytes || bytes.error().code == Code::ResourceNotFound || bytes.error().code == Code::InvalidHeaderValue;
  if (!is_answer) co_return std::unexpected(bytes.error());
  auto attempt = [&]() -> Task<Result<void>> {
    auto decision = floors.gate.decide(
        exchange,
        {.action = policy::actions::kJournalRead, .resource = {account.text(), {}, path}, .bounds = {}});
    // Of what is read for an export the record is there already; only a denial is news.
    if (bytes && !under.empty() && std::holds_alternative<policy::Permit>(decision)) {
      exchange.receipt = under;
      co_return Result<void>{};
    }
    if (!bytes)
      co_return std::unexpected(co_await refuse(floors, exchange, std::move(decision), {}, bytes.error()));
    CO_TRY(co_await floors.ledger.commit(exchange, std::move(decision), {}));
    co_return Result<void>{};
  };
  CO_TRY(co_await until_settled(attempt));
  co_return bytes;
}

}  // namespace vitrine::operations
