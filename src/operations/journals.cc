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
  const auto *who = open_facet(record, evidence::FacetKind::Who),
             *what = open_facet(record, evidence::FacetKind::What);
  const auto *why = open_facet(record, evidence::FacetKind::Why),
             *outcome = open_facet(record, evidence::FacetKind::Outcome);
  if (!who || !what || !why || !outcome) return false;
  constexpr unsigned kOk = 200;
  const auto ended = TRY(evidence::decode_outcome(outcome->cbor));
  return TRY(evidence::decode_who(who->cbor)).principal == exchange.principal.text() &&
         TRY(evidence::decode_what(what->cbor)).action == policy::actions::kJournalExport.name &&
         TRY(evidence::decode_why(why->cbor)).decision == evidence::Decision::Permitted &&
         ended.status == kOk && std::chrono::abs(floors.clock.now() - ended.time) < kExportLasts;
}

/// The token of the export's record, then that of its end.
std::string token_of(const Floors& floors, const policy::Exchange& exchange, std::uint64_t size) {
  return exchange.receipt + floors.ledger.exports().seal({exchange.slot, size});
}

/// How many records a file shows that a journal has.
std::uint64_t reach(const tlog::BundleId& bundle) {
  return bundle.index * tlog::kTileWidth + bundle.width;
}
std::uint64_t reach(const tlog::TileId& tile) {
  auto records = tile.index * tlog::kTileWidth + tile.width;
  for (unsigned level = 0; level < tile.level; ++level)
    if (__builtin_mul_overflow(records, std::uint64_t{tlog::kTileWidth}, &records)) return UINT64_MAX;
  return records;
}

/// Whether the token stands for this reading. Errors: InvalidHeaderValue when it does not.
Result<void> check_export(const Floors& floors, const policy::Exchange& exchange, std::string_view token,
                          const JournalFileId& file) {
  const auto half = token.size() / 2;
  const auto record = floors.ledger.tokens().open(token.substr(0, half));
  const auto end = floors.ledger.exports().open(token.substr(half));
  const auto last = std::visit([](const auto& id) { return reach(id); }, file);
  if (record && end && record->slot == exchange.slot && end->slot == exchange.slot && last <= end->index &&
      TRY(is_export(floors, exchange, *record)))
    return {};
  return fail(Code::InvalidHeaderValue,
              fmt::format("{} is not the token of an export of this journal that you began within the last "
                          "hour, or this file goes beyond it. Ask for the journal again: the answer has a "
                          "new one.",
                          kExportHeader));
}

Result<Bytes> read_file(const Floors& floors, const policy::Exchange& exchange, const JournalFileId& file) {
  return std::visit([&](const auto& id) { return floors.ledger.journals().read(exchange.slot, id); }, file);
}

}  // namespace

Task<Result<ExportBegun>> export_journal(const Floors& floors, ledger::Sealer& sealer,
                                         policy::Exchange& exchange, const identity::AccountName& account) {
  auto attempt = [&]() -> Task<Result<ledger::Committed>> {
    auto decision = floors.gate.decide(
        exchange,
        {.action = policy::actions::kJournalExport, .resource = {account.text(), {}, {}}, .bounds = {}});
    co_return co_await floors.ledger.commit(exchange, std::move(decision), {});
  };
  const auto committed = CO_TRY(co_await until_settled(attempt));
  auto head = CO_TRY(co_await sealer.journal_head({exchange.slot, committed.journal_index()}));
  auto token = token_of(floors, exchange, head.head.size);
  co_return ExportBegun{std::move(head), std::move(token)};
}

Task<Result<Bytes>> read_journal(const Floors& floors, policy::Exchange& exchange,
                                 const identity::AccountName& account, const JournalFileId& file,
                                 std::string_view under) {
  const auto path = std::visit([](const auto& id) { return tlog::path(id); }, file);
  const auto covered = under.empty() ? Result<void>() : check_export(floors, exchange, under, file);
  if (!covered && covered.error().code != Code::InvalidHeaderValue)
    co_return std::unexpected(covered.error());
  auto bytes = covered ? read_file(floors, exchange, file) : Result<Bytes>(std::unexpect, covered.error());
  if (covered && !bytes && bytes.error().code != Code::ResourceNotFound)
    co_return std::unexpected(bytes.error());
  auto attempt = [&]() -> Task<Result<void>> {
    auto decision = floors.gate.decide(
        exchange,
        {.action = policy::actions::kJournalRead, .resource = {account.text(), {}, path}, .bounds = {}});
    // Of what is read for an export the record is there already; only a denial is news.
    if (covered && !under.empty() && std::holds_alternative<policy::Permit>(decision)) {
      exchange.receipt = under.substr(0, under.size() / 2);
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
