#include "ledger/ledger.h"

#include <algorithm>
#include <span>

#include "ledger/journal_record.h"
#include "tlog/tiles.h"

namespace vitrine::ledger {

#ifdef VITRINE_WITHOUT_RECORDS
const bool kHasRecords = false;
#else
const bool kHasRecords = true;
#endif

namespace {

constexpr std::size_t kErasedAtOnce = 10'000;

evidence::Who who(const policy::Exchange& exchange) {
  return {.principal = exchange.principal.text(),
          .credential = std::string(name(exchange.principal.credential)),
          .client_class = exchange.client_class};
}

evidence::What what(const policy::Intent& intent, const Outcome& outcome) {
  return {.service = std::string(name(intent.action.service)),
          .action = std::string(intent.action.name),
          .container = intent.resource.container,
          .blob = intent.resource.blob,
          .version = outcome.version,
          .content_root = outcome.content_root,
          .result = outcome.result};
}

std::vector<std::string> names(const std::vector<policy::Obligation>& obligations) {
  std::vector<std::string> out;
  for (auto obligation : obligations) out.emplace_back(name(obligation));
  return out;
}

evidence::Why why(const policy::Exchange& exchange, const policy::Decision& decision,
                  const Outcome& outcome) {
  const auto* permit = std::get_if<policy::Permit>(&decision);
  const auto& grounds = permit ? permit->grounds() : std::get<policy::Denial>(decision).grounds();
  return {.purpose = exchange.purpose,
          .basis = grounds.intent.basis,
          .decision = permit ? evidence::Decision::Permitted : evidence::Decision::Denied,
          .policies = {grounds.policies.begin(), grounds.policies.end()},
          .bundle_hash = grounds.bundle_hash,
          .obligations = permit ? names(permit->obligations()) : std::vector<std::string>{},
          .obligations_done = names(outcome.obligations_done),
          .policy_epoch = 0,
          .suspension_epoch = grounds.guards.empty() ? 0 : grounds.guards.front().version};
}

evidence::Outcome outcome_facet(const policy::Exchange& exchange, const policy::Bounds& bounds,
                                const Outcome& outcome) {
  evidence::Outcome out{
      .measure = outcome.closing ? evidence::Measure::Actual : evidence::Measure::UpperBounds,
      .quantities = {},
      .status = outcome.status,
      .time = exchange.received,
      .request_id = exchange.request_id,
      .closing = outcome.closing};
  for (auto quantity : {policy::Quantity::Items, policy::Quantity::Bytes})
    if (auto amount = bounds.of(quantity); amount > 0)
      out.quantities.push_back({std::string(name(quantity)), static_cast<std::uint64_t>(amount)});
  return out;
}

store::JournalRecord record_of(const policy::Exchange& exchange, const policy::Decision& decision,
                               const Outcome& outcome) {
  const auto& intent =
      std::visit([](const auto& d) -> const policy::Intent& { return d.grounds().intent; }, decision);
  return journal_record(exchange.slot, {exchange.journal},
                        {.who = who(exchange),
                         .what = what(intent, outcome),
                         .why = why(exchange, decision, outcome),
                         .outcome = outcome_facet(exchange, intent.bounds, outcome)});
}

}  // namespace

Outcome Outcome::refusal(const Error& error) {
  Outcome out;
  out.status = http_status(error.code);
  return out;
}

Task<Result<Committed>> Ledger::commit(policy::Exchange& exchange, policy::Decision decision,
                                       const Outcome& outcome, Effect effect) {
  auto* denial = std::get_if<policy::Denial>(&decision);
  std::optional<Error> denied;
  if (denial)
    denied = Error{Code::PolicyDenied, denial->sentence(), std::string(denial->grounds().policies.front())};
  const auto& grounds = denial ? denial->grounds() : std::get<policy::Permit>(decision).grounds();

  store::Commit commit;
  commit.guards.reserve(grounds.guards.size() + effect.guards.size());
  commit.guards = grounds.guards;
  if (kHasRecords)
    commit.records.push_back(record_of(exchange, decision, denied ? Outcome::refusal(*denied) : outcome));
  if (kHasRecords && commit.records.back().bytes.size() > tlog::kMaxEntrySize)
    co_return fail(Code::OutOfRangeInput, "This cannot be put on record: its names are too long.");
  if (exchange.asks_promise && promises_) commit.note = exchange.journal;
  if (!denied) {
    std::move(effect.guards.begin(), effect.guards.end(), std::back_inserter(commit.guards));
    commit.untouched = std::move(effect.untouched);
    commit.writes = std::move(effect.writes);
    commit.touches = std::move(effect.touches);
    commit.adopts = std::move(effect.adopts);
    commit.shares = std::move(effect.shares);
    commit.releases = std::move(effect.releases);
    commit.scans = std::move(effect.scans);
    commit.grows = effect.grows;
    commit.deltas = std::get<policy::Permit>(decision).reservation().deltas();
    std::move(effect.settlement.begin(), effect.settlement.end(), std::back_inserter(commit.deltas));
  }
  auto committed = co_await write(std::move(commit));
  // Nobody knows whether it was counted in the store, so it stays counted here.
  if (!committed && committed.error().code == Code::DeviceFailed && !denied)
    (void)std::get<policy::Permit>(decision).settle();
  auto position = CO_TRY(std::move(committed));
  if constexpr (kHasRecords)
    exchange.receipt = tokens_.seal({exchange.slot, position.journal_indexes.front()});
  if (position.round)
    exchange.promise = evidence::promise_text(promises_->make(*position.round, position.place_in_round));
  if (denied) co_return std::unexpected(std::move(*denied));
  auto& permit = std::get<policy::Permit>(decision);
  auto charge = permit.settle();
  co_return Committed(std::move(position), outcome.content_root, permit.obligations(), std::move(charge));
}

Task<Result<store::Position>> Ledger::write(store::Commit commit) {
  if constexpr (kHasRecords) co_return co_await store_.commit(store::CommitAccess(), std::move(commit));
  const bool is_read = commit.writes.empty() && commit.deltas.empty() && commit.scans.empty() &&
                       commit.adopts.empty() && commit.shares.empty() && commit.releases.empty();
  auto position =
      is_read ? store::Position() : CO_TRY(co_await store_.commit(store::CommitAccess(), std::move(commit)));
  position.journal_indexes = {0};
  co_return position;
}

Task<Result<void>> Ledger::erase(const policy::ExpiredCounters& expired) {
  for (std::span<const store::CounterDelta> left(expired.deltas()); !left.empty();) {
    auto part = left.first(std::min(left.size(), kErasedAtOnce));
    left = left.subspan(part.size());
    store::Commit commit;
    commit.deltas.assign(part.begin(), part.end());
    CO_TRY(co_await store_.commit(store::CommitAccess(), std::move(commit)));
  }
  co_return Result<void>{};
}

Task<Result<void>> Ledger::erase(Collected collected) {
  auto& effect = collected.effect_;
  store::Commit commit;
  commit.guards = std::move(effect.guards);
  commit.touches = std::move(effect.touches);
  commit.writes = std::move(effect.writes);
  commit.releases = std::move(effect.releases);
  CO_TRY(co_await store_.commit(store::CommitAccess(), std::move(commit)));
  co_return Result<void>{};
}

Task<Result<void>> Ledger::append(std::vector<store::JournalRecord> records) {
  store::Commit commit;
  commit.records = std::move(records);
  CO_TRY(co_await store_.commit(store::CommitAccess(), std::move(commit)));
  co_return Result<void>{};
}

Task<Result<void>> Ledger::write_seal(std::vector<store::Write> writes,
                                      std::vector<store::JournalTrim> trims) {
  store::Commit commit;
  commit.writes = std::move(writes);
  commit.trims = std::move(trims);
  CO_TRY(co_await store_.commit(store::CommitAccess(), std::move(commit)));
  co_return Result<void>{};
}

Task<Result<void>> Ledger::write_dropped(store::JournalRecord record, store::Write row) {
  store::Commit commit;
  commit.records.push_back(std::move(record));
  commit.writes.push_back(std::move(row));
  CO_TRY(co_await store_.commit(store::CommitAccess(), std::move(commit)));
  co_return Result<void>{};
}

Task<Result<void>> Ledger::close_facets(std::vector<store::JournalRewrite> records) {
  store::Commit commit;
  commit.rewrites = std::move(records);
  CO_TRY(co_await store_.commit(store::CommitAccess(), std::move(commit)));
  co_return Result<void>{};
}

}  // namespace vitrine::ledger
