#include "app/readings.h"

namespace vitrine::app {
namespace {

using platform::Reading;
using enum platform::Reading::Kind;

struct StoreRow {
  const char* name;
  const char* help;
  std::uint64_t store::Activity::* value;
};
constexpr StoreRow kStoreRows[] = {
    {"vitrine_store_rounds_total", "Synced writes; commits that wait together share one.",
     &store::Activity::rounds},
    {"vitrine_store_commits_total", "Atomic commits.", &store::Activity::commits},
    {"vitrine_store_records_total", "Records added to journals.", &store::Activity::records},
    {"vitrine_store_guard_failures_total", "Commits refused because what they relied on had changed.",
     &store::Activity::guard_failures},
    {"vitrine_store_recoveries_total", "Failures of the disk that the store got over by itself.",
     &store::Activity::recoveries},
    {"vitrine_store_guard_reads_total", "Guards that had to be read from the table.",
     &store::Activity::guard_reads},
};

struct WorkerRow {
  Reading::Kind kind;
  const char* name;
  const char* help;
  std::uint64_t analysis::WorkerPoolStats::* value;
};
constexpr WorkerRow kWorkerRows[] = {
    {Counter, "vitrine_workers_started_total", "Analysis workers started.",
     &analysis::WorkerPoolStats::started},
    {Counter, "vitrine_workers_crashed_total", "Analysis workers that crashed.",
     &analysis::WorkerPoolStats::crashed},
    {Counter, "vitrine_workers_timed_out_total", "Analysis workers that took too long.",
     &analysis::WorkerPoolStats::timed_out},
    {Gauge, "vitrine_workers_running", "Analysis workers now.", &analysis::WorkerPoolStats::running_workers},
    {Gauge, "vitrine_worker_tasks_waiting", "Pictures that wait for a worker.",
     &analysis::WorkerPoolStats::waiting_tasks},
    {Gauge, "vitrine_workers_resident_bytes", "Memory that the workers hold.",
     &analysis::WorkerPoolStats::resident_bytes},
};

}  // namespace

std::vector<Reading> readings_of(const store::Store& store, const ledger::Sealer& sealer,
                                 const analysis::WorkerPool& pool) {
  std::vector<Reading> out;
  for (const auto& row : kStoreRows)
    out.push_back({Counter, row.name, row.help,
                   [&store, value = row.value] { return static_cast<double>(store.activity().*value); }});
  for (const auto& row : kWorkerRows)
    out.push_back({row.kind, row.name, row.help,
                   [&pool, value = row.value] { return static_cast<double>(pool.stats().*value); }});
  out.push_back({Gauge, "vitrine_store_fenced", "1 while commits are refused because the disk failed.",
                 [&store] { return store.takes_commits() ? 0.0 : 1.0; }});
  out.push_back({Counter, "vitrine_seals_total", "Seals of the public log made since the start.",
                 [&sealer] { return static_cast<double>(sealer.seals()); }});
  return out;
}

}  // namespace vitrine::app
