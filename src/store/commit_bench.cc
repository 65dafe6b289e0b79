// commit_bench DIRECTORY KIND COROUTINES SECONDS: commits/s, rounds/s and latency of a store, closed loop.
// KIND: record (a guard and a record of 300 bytes, as a read makes), put (head, record and an inline body of
// 4 KiB besides), or listing (names/s over what the puts left).
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>
#include <memory>

#include "store/bench_threads.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kRecordBytes = 300;
constexpr std::size_t kBodyBytes = 4096;

struct Load {
  bool puts;
  unsigned coroutines;
  steady_clock::time_point end;
};

using Latencies = std::vector<double>;

Task<void> work(Store& store, Load load, unsigned id, Latencies& milliseconds) {
  const std::string record(kRecordBytes, 'r'), body(kBodyBytes, 'b'), head_value(200, 'h');
  for (std::uint64_t i = 0; steady_clock::now() < load.end; ++i) {
    const auto begin = steady_clock::now();
    auto name = fmt::format("container/{:04}/{:012}", id, load.puts ? i : 0);
    const auto head = store.look_up({Table::Heads, name});
    if (!head) break;
    Commit change{.guards = {head->guard(Table::Heads)}, .records = {{id % 8, {}, record}}};
    if (load.puts) {
      change.writes.push_back({{Table::Heads, name}, head_value});
      change.writes.push_back({{Table::Bodies, std::move(name)}, body});
    }
    auto position = co_await store.commit(StoreTestPeer::commit_access(), std::move(change));
    if (!position) {
      fmt::print("{}\n", position.error().message);
      break;
    }
    milliseconds.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - begin).count());
  }
}

/// Of this process, in MiB.
double resident_set() {
  std::ifstream statm("/proc/self/statm");
  double total = 0, resident = 0;
  statm >> total >> resident;
  return resident * 4096 / (1 << 20);
}

/// Bytes that this process has passed to write calls: log, tables, and their merging.
double bytes_written() {
  std::ifstream io("/proc/self/io");
  double value = 0;
  for (std::string name; io >> name >> value;)
    if (name == "wchar:") return value;
  return 0;
}

void commit_load(Store& store, Load load, double seconds) {
  std::vector<Latencies> latencies(load.coroutines);
  run_coroutines(load.coroutines, [&](unsigned id) { return work(store, load, id, latencies[id]); });
  Latencies all;
  for (const auto& each : latencies) all.insert(all.end(), each.begin(), each.end());
  std::ranges::sort(all);
  const auto activity = store.activity();
  fmt::print(
      "{:8.0f} commits/s {:7.0f} rounds/s {:5.1f} a round, p50 {:.2f} ms p99 {:.2f} ms, {:.0f} bytes "
      "written and {:.1f} us of CPU each, {} guard reads\n",
      static_cast<double>(all.size()) / seconds, static_cast<double>(activity.rounds) / seconds,
      static_cast<double>(activity.commits) / static_cast<double>(activity.rounds), all[all.size() / 2],
      all[all.size() * 99 / 100], bytes_written() / static_cast<double>(all.size()),
      1e6 * static_cast<double>(clock()) / CLOCKS_PER_SEC / static_cast<double>(all.size()),
      activity.guard_reads);
}

void listing_load(Store& store) {
  const auto begin = steady_clock::now();
  std::size_t names = 0, bytes = 0;
  std::string from;
  for (;;) {
    auto page = store.scan(Table::Heads, from, "", 5000);
    if (!page || page->empty()) break;
    names += page->size();
    for (const auto& entry : *page) bytes += entry.value.size();
    from = page->back().key + '\0';
  }
  const std::chrono::duration<double> took = steady_clock::now() - begin;
  fmt::print("{:8.0f} names/s over {} names, {} bytes\n", static_cast<double>(names) / took.count(), names,
             bytes);
}

int main_of(const std::string& directory, const std::string& kind, unsigned coroutines, unsigned seconds) {
  const auto begin = steady_clock::now();
  auto store = Store::open({.directory = directory});
  if (!store) {
    fmt::print("{}\n", store.error().message);
    return 1;
  }
  const std::chrono::duration<double, std::milli> opening = steady_clock::now() - begin;
  fmt::print("{} c{}: opened in {:.0f} ms, {:.0f} MiB; ", kind, coroutines, opening.count(), resident_set());
  if (kind == "listing")
    listing_load(**store);
  else
    commit_load(**store, {kind == "put", coroutines, steady_clock::now() + std::chrono::seconds(seconds)},
                seconds);
  fmt::print("  {:.0f} MiB at the end\n", resident_set());
  return 0;
}

}  // namespace
}  // namespace vitrine::store

int main(int count, char** arguments) {
  if (count != 5) {
    fmt::print("usage: commit_bench DIRECTORY record|put|listing COROUTINES SECONDS\n");
    return 2;
  }
  return vitrine::store::main_of(arguments[1], arguments[2], static_cast<unsigned>(std::stoul(arguments[3])),
                                 static_cast<unsigned>(std::stoul(arguments[4])));
}
