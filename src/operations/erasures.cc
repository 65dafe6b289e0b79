#include "operations/erasures.h"

#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/encoding.h"
#include "evidence/stated_gaps.h"
#include "ledger/pending_erasure.h"
#include "ledger/sealer_rows.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

constexpr std::uint64_t kRecordsAtOnce = 256;
constexpr std::chrono::milliseconds kLookAgain{25};

/// Without approvals that hold nothing is looked at.
Result<evidence::Erasure> agreed(const Floors& floors, std::string_view origin, const EraseRecords& request) {
  const auto& order = request.order;
  if (order.records.empty() || count(order.records) > evidence::kMostErased)
    return fail(Code::InvalidInput, fmt::format("Name 1 to {} records at a time.", evidence::kMostErased));
  if (order.facets.none()) return fail(Code::InvalidInput, "Name the facets: 'who', 'what' or both.");
  if (order.ground.empty() || order.ground.size() > evidence::kMostGround)
    return fail(Code::InvalidInput, fmt::format("The ground is a text of 1 to {} bytes: it stays on record.",
                                                evidence::kMostGround));
  // As the log counts time, which holds the entry's against it.
  const auto now = TRY(ledger::log_time(floors.store, floors.clock));
  if (request.time > now + evidence::kAgreementHolds || request.time < now - evidence::kAgreementHolds)
    return fail(Code::InvalidInput,
                fmt::format("The approvals are of {}, more than {} h from {}, the time of this server and "
                            "its log: have both sign again.",
                            to_iso8601(request.time), evidence::kAgreementHolds.count(), to_iso8601(now)));
  auto erasure = evidence::make_erasure(request.slot, order, request.time);
  erasure.approvals = request.approvals;
  if (const auto holds = check_approvals(origin, erasure); !holds)
    return fail(Code::InvalidInput,
                fmt::format("{} Two people sign with a key of their own, for this journal "
                            "and exactly these records.",
                            holds.error().message));
  return erasure;
}

/// Which records say who had what erased stays.
Result<void> check_may_be_erased(const evidence::ShownRecord& record, std::uint64_t index) {
  const auto* what = open_facet(record, evidence::FacetKind::What);
  const auto action = what ? TRY(evidence::decode_what(what->cbor)).action : std::string();
  if (action != evidence::kEraseAction && action != evidence::kExpireAction) return {};
  return fail(
      Code::InvalidInput,
      fmt::format("Record {} tells itself of what was erased or dropped: nothing is erased from it.", index));
}

bool has_open(const evidence::ShownRecord& record, const evidence::ErasedFacets& facets) {
  for (auto kind : evidence::kFacetKinds)
    if (facets.contains(kind) && open_facet(record, kind)) return true;
  return false;
}

/// Whether any of the facets is open.
Task<Result<bool>> look_at(const Floors& floors, std::uint32_t stream, const evidence::ErasureOrder& order) {
  bool is_any_open = false;
  for (const auto& range : order.records)
    for (auto at = range.first; at <= range.last;) {
      const auto records =
          CO_TRY(floors.ledger.journals().records(stream, at, std::min(kRecordsAtOnce, range.last - at + 1)));
      if (records.empty())
        co_return fail(Code::RecordNotFound, fmt::format("The journal has no record {}: it has {}.", at,
                                                         floors.store.journal_size(stream)));
      for (const auto& entry : records) {
        const auto record = CO_TRY(evidence::decode_shown(as_bytes(entry.bytes)));
        CO_TRY(check_may_be_erased(record, at++));
        is_any_open = is_any_open || has_open(record, order.facets);
      }
      co_await yield();
    }
  co_return is_any_open;
}

ledger::Outcome outcome(const evidence::Erasure& erasure) {
  return {.version = to_text(erasure.facets), .content_root = erasure.order};
}

std::vector<store::Write> effects(const evidence::Erasure& erasure, const evidence::ErasureOrder& order,
                                  std::uint32_t stream) {
  const auto place =
      fmt::format("{:016x}-{}", erasure.agreed.time_since_epoch().count(), to_hex(erasure.order));
  return {ledger::pending_entry(erasure, place),
          ledger::pending_erasure({stream, order.records, order.facets}, place)};
}

}  // namespace

Task<Result<bool>> erase_records(const Floors& floors, std::string_view log_origin,
                                 policy::Exchange& exchange, const EraseRecords& request) {
  const auto erasure = CO_TRY(agreed(floors, log_origin, request));
  const auto is_any_open = co_await look_at(floors, exchange.slot, request.order);
  if (!is_any_open && is_any_open.error().code == Code::Corrupt)
    co_return std::unexpected(is_any_open.error());
  auto attempt = [&]() -> Task<Result<ledger::Committed>> {
    auto decision = floors.gate.decide(
        exchange, {.action = policy::actions::kJournalErase,
                   .resource = {request.account.text(), {}, to_text(request.order.records)},
                   .bounds = {.items = static_cast<std::int64_t>(erasure.records)},
                   .basis = request.order.ground});
    if (!is_any_open)
      co_return std::unexpected(
          co_await refuse(floors, exchange, std::move(decision), {}, is_any_open.error()));
    // What was erased before has its record and its entry.
    if (!*is_any_open) co_return co_await floors.ledger.commit(exchange, std::move(decision), {});
    ledger::Effect effect;
    effect.writes = effects(erasure, request.order, exchange.slot);
    co_return co_await floors.ledger.commit(exchange, std::move(decision), outcome(erasure),
                                            std::move(effect));
  };
  CO_TRY(co_await until_settled(attempt));
  co_return *is_any_open;
}

Task<Result<bool>> wait_for_erasures(const Floors& floors, std::uint32_t stream,
                                     std::chrono::milliseconds patience) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  for (const auto until = std::chrono::steady_clock::now() + patience;;) {
    if (CO_TRY(ledger::pending_erasures(floors.store, stream)).empty()) co_return true;
    if (std::chrono::steady_clock::now() >= until) co_return false;
    timer.expires_after(kLookAgain);
    co_await timer.async_wait(boost::asio::use_awaitable_t<boost::asio::io_context::executor_type>{});
  }
}

}  // namespace vitrine::operations
