#include "operations/job_records.h"

#include "operations/job_run.h"
#include "operations/job_view.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

/// One call looks at so many records, so many before other requests of the thread get their turn.
constexpr std::uint64_t kMostLookedAt = 32'768, kLookedAtATime = 2'048;

/// What tells a job's records from others.
struct Traces {
  std::uint64_t first_index;
  std::string steps;  ///< the client class of its steps
};

enum class Belongs : std::uint8_t { No, Yes, AsTheLast };

/// Whether it may be worth decoding: most records in a journal are of something else.
bool mentions(std::string_view record, const Traces& traces) {
  return record.contains(traces.steps) || record.contains(policy::actions::kJobClose.name);
}

Result<Belongs> belongs(const store::JournalEntry& entry, const Traces& traces) {
  if (!mentions(entry.bytes, traces)) return Belongs::No;
  const auto record = TRY(evidence::decode_shown(as_bytes(entry.bytes)));
  if (const auto* who = open_facet(record, evidence::FacetKind::Who))
    if (TRY(evidence::decode_who(who->cbor)).client_class == traces.steps) return Belongs::Yes;
  const auto* outcome = open_facet(record, evidence::FacetKind::Outcome);
  if (!outcome) return Belongs::No;
  const auto closing = TRY(evidence::decode_outcome(outcome->cbor)).closing;
  return closing && closing->first_index == traces.first_index ? Belongs::AsTheLast : Belongs::No;
}

/// Of a job that runs, or whose row tells it, without looking for it.
Result<std::uint64_t> first_index(const JobFloors& floors, std::uint32_t slot, const JobView& view) {
  if (view.running) return view.running->first_index();
  if (view.job->first_index) return *view.job->first_index;
  return find_start(floors.floors, slot, view.job->request_id);
}

Task<Result<JobRecords>> search(const Floors& floors, std::uint32_t slot, const Traces& traces,
                                std::uint64_t from) {
  JobRecords out{.slot = slot, .indexes = {}, .next = from, .is_up_to_date = false};
  const auto behind = from + kMostLookedAt;
  while (*out.next < behind) {
    const auto entries = CO_TRY(floors.ledger.journals().records(slot, *out.next, kLookedAtATime));
    if (entries.empty()) {
      out.is_up_to_date = true;
      break;
    }
    for (const auto& entry : entries) {
      if (out.indexes.size() == JobRecords::kMostAtOnce) co_return out;
      const auto index = (*out.next)++;
      const auto found = index == traces.first_index ? Belongs::Yes : CO_TRY(belongs(entry, traces));
      if (found != Belongs::No) out.indexes.push_back(index);
      if (found != Belongs::AsTheLast) continue;
      out.next.reset();
      out.is_up_to_date = true;
      co_return out;
    }
    co_await yield();
  }
  co_return out;
}

}  // namespace

Task<Result<JobRecords>> list_job_records(const JobFloors& floors, policy::Exchange& exchange,
                                          const JobRef& ref, std::optional<std::uint64_t> from) {
  auto attempt = [&]() -> Task<Result<JobRecords>> {
    const auto view = CO_TRY(look_up(floors, ref));
    auto decision = floors.floors.gate.decide(exchange, intent(policy::actions::kJobRecords, ref, view));
    if (!view.job)
      co_return std::unexpected(co_await refuse(floors.floors, exchange, std::move(decision), view.guards,
                                                JobView::not_found(ref)));
    const auto first = CO_TRY(first_index(floors, exchange.slot, view));
    auto found = CO_TRY(co_await search(floors.floors, exchange.slot, {first, "job:" + ref.id},
                                        std::max(first, from.value_or(first))));
    CO_TRY(co_await floors.floors.ledger.commit(exchange, std::move(decision), {.status = 200},
                                                {.guards = view.guards}));
    co_return found;
  };
  co_return co_await until_settled(attempt);
}

}  // namespace vitrine::operations
