#include "app/readings.h"

#include <algorithm>

namespace vitrine::app {
namespace {

using platform::Reading;
using enum platform::Reading::Kind;

/// A number in what `Source` tells of itself.
template <class Source>
struct Row {
  Reading::Kind kind;
  const char* name;
  const char* help;
  std::uint64_t Source::* value;
};

constexpr Row<store::Activity> kStoreRows[] = {
    {Counter, "vitrine_store_rounds_total", "Synced writes; commits that wait together share one.",
     &store::Activity::rounds},
    {Counter, "vitrine_store_commits_total", "Atomic commits.", &store::Activity::commits},
    {Counter, "vitrine_store_records_total", "Records added to journals.", &store::Activity::records},
    {Counter, "vitrine_store_guard_failures_total",
     "Commits refused because what they relied on had changed.", &store::Activity::guard_failures},
    {Counter, "vitrine_store_recoveries_total", "Failures of the disk that the store got over by itself.",
     &store::Activity::recoveries},
    {Counter, "vitrine_store_guard_reads_total", "Guards that had to be read from the table.",
     &store::Activity::guard_reads},
    {Counter, "vitrine_store_freed_bytes_total",
     "Room of extents given back when content was replaced or deleted.", &store::Activity::freed_bytes},
    {Counter, "vitrine_store_removed_extents_total", "Extents removed because nothing lived in them.",
     &store::Activity::removed_extents},
};

constexpr Row<store::Compaction> kCompactionRows[] = {
    {Counter, "vitrine_compaction_freed_bytes_total", "Room given back that a crash had left behind.",
     &store::Compaction::freed_bytes},
    {Counter, "vitrine_compaction_moved_segments_total",
     "Segments moved out of extents that were nearly empty.", &store::Compaction::moved},
    {Counter, "vitrine_compaction_moved_bytes_total", "Their stored bytes.", &store::Compaction::moved_bytes},
};

constexpr Row<analysis::WorkerPoolStats> kWorkerRows[] = {
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

/// `look` gives a Source, newly each time.
template <class Rows, class Look>
void add(std::vector<Reading>& out, const Rows& rows, Look look) {
  for (const auto& row : rows)
    out.push_back({row.kind, row.name, row.help,
                   [look, value = row.value] { return static_cast<double>(look().*value); }});
}

void add_scrub(std::vector<Reading>& out, const operations::Scrub& scrub) {
  out.push_back({Counter, "vitrine_scrub_bytes_total", "Bytes that scrub has read since the start.",
                 [&scrub] { return static_cast<double>(scrub.bytes_read()); }});
  out.push_back({Gauge, "vitrine_scrub_damages",
                 "Damaged places that scrub knows of: in its last pass, or in the one under way if more.",
                 [&scrub] {
                   const auto state = scrub.state();
                   std::uint64_t known = 0;
                   if (state.current) known = state.current->report.damages;
                   if (state.current && !state.current->ended && state.previous)
                     known = std::max(known, state.previous->report.damages);
                   return static_cast<double>(known);
                 }});
  out.push_back({Gauge, "vitrine_scrub_ended_time_seconds",
                 "When scrub last had read everything, in seconds since 1970; 0: not yet.", [&scrub] {
                   const auto state = scrub.state();
                   const auto& last = state.current && state.current->ended ? state.current : state.previous;
                   return last ? static_cast<double>(to_micros(*last->ended)) / 1e6 : 0.0;
                 }});
}

}  // namespace

std::vector<Reading> readings_of(const store::Store& store, const ledger::Sealer& sealer,
                                 const analysis::WorkerPool& pool, const operations::Scrub& scrub,
                                 const Housekeeping& housekeeping) {
  std::vector<Reading> out;
  out.push_back({Counter, "vitrine_collection_commits_total", "Commits that took unreachable rows away.",
                 [&housekeeping] { return static_cast<double>(housekeeping.commits()); }});
  add(out, kStoreRows, [&store] { return store.activity(); });
  add(out, kCompactionRows, [&store] { return store.activity().compaction; });
  add(out, kWorkerRows, [&pool] { return pool.stats(); });
  out.push_back({Gauge, "vitrine_store_fenced", "1 while commits are refused because the disk failed.",
                 [&store] { return store.takes_commits() ? 0.0 : 1.0; }});
  out.push_back({Gauge, "vitrine_store_full", "1 while nothing new is stored because the disk is full.",
                 [&store] { return store.has_room() ? 0.0 : 1.0; }});
  out.push_back({Counter, "vitrine_seals_total", "Seals of the public log made since the start.",
                 [&sealer] { return static_cast<double>(sealer.seals()); }});
  add_scrub(out, scrub);
  return out;
}

}  // namespace vitrine::app
