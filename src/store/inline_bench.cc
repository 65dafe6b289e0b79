// inline_bench DIRECTORY COROUTINES SECONDS: bodies of growing sizes, once as values of the Bodies table and
// once as segments, written with a head and a record as a put is, then read. Tells from which size on a
// segment is the better place (docs/performance.md).
#include <fmt/core.h>

#include <chrono>
#include <ctime>
#include <fstream>
#include <vector>

#include "store/bench_threads.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kHeadBytes = 200, kRecordBytes = 300;
/// Beyond it a run ends early: many large bodies would fill the disk.
constexpr std::uint64_t kMostBytes = std::uint64_t{2} << 30;

struct Load {
  bool as_segments;
  std::size_t bytes;  ///< of each body
  unsigned coroutines;
  unsigned seconds;
};

/// What one coroutine wrote.
struct Written {
  std::vector<std::string> keys;
  std::vector<SegmentId> segments;
  [[nodiscard]] std::size_t count() const { return keys.size() + segments.size(); }
};

/// Bytes that this process had the kernel write to disks, as the kernel counts.
double bytes_to_disk() {
  std::ifstream io("/proc/self/io");
  double value = 0;
  for (std::string name; io >> name >> value;)
    if (name == "write_bytes:") return value;
  return 0;
}

Task<Result<void>> put(Store& store, const Load& load, const std::string& name, const Bytes& body,
                       Written& written) {
  Commit change{.writes = {{{Table::Heads, name}, std::string(kHeadBytes, 'h')}},
                .records = {{1, {}, std::string(kRecordBytes, 'r')}}};
  if (load.as_segments) {
    const auto segment = CO_TRY(co_await write_segment(store, body));
    change.adopts.push_back(segment);
    CO_TRY(co_await store.commit(StoreTestPeer::commit_access(), std::move(change)));
    written.segments.push_back(segment.id());
  } else {
    const keys::Place place{static_cast<std::uint8_t>(Table::Bodies), name};
    change.writes.push_back({{Table::Bodies, name}, test_keys().seal(place, as_text(body))});
    CO_TRY(co_await store.commit(StoreTestPeer::commit_access(), std::move(change)));
    written.keys.push_back(name);
  }
  co_return Result<void>{};
}

Task<void> put_many(Store& store, Load load, unsigned id, Written& written) {
  const Bytes body(load.bytes, 'b');
  const auto end = steady_clock::now() + std::chrono::seconds(load.seconds);
  const auto most = kMostBytes / load.bytes / load.coroutines;
  for (std::uint64_t i = 0; i < most && steady_clock::now() < end; ++i) {
    const auto done = co_await put(store, load, fmt::format("{:04}/{:012}", id, i), body, written);
    if (!done) co_return fmt::print(stderr, "{}\n", done.error().message);
  }
}

Task<Result<void>> get(Store& store, const Load& load, const Written& written, std::size_t i) {
  if (load.as_segments) {
    auto reader = CO_TRY(co_await open_segment(store, written.segments[i], load.bytes));
    while (reader.remaining() > 0) CO_TRY(co_await reader.next());
    co_return Result<void>{};
  }
  const auto& key = written.keys[i];
  const auto body = CO_TRY(store.fetch_body(key));
  const auto sealed = as_text(body.bytes(StoreTestPeer::read_access()));
  CO_TRY(test_keys().open({static_cast<std::uint8_t>(Table::Bodies), key}, sealed));
  co_return Result<void>{};
}

/// All that it wrote, in steps that are no order of the disk.
Task<void> get_many(Store& store, Load load, const Written& written) {
  constexpr std::size_t kStep = 7919;
  for (std::size_t i = 0; i < written.count(); ++i) {
    const auto got = co_await get(store, load, written, i * kStep % written.count());
    if (!got) co_return fmt::print(stderr, "{}\n", got.error().message);
  }
}

struct Cost {
  double seconds, cpu, to_disk;
};

/// Runs the coroutines that `start` makes, each to its end.
template <class Start>
Cost measure(unsigned coroutines, Start start) {
  const auto begin = steady_clock::now();
  const auto cpu = clock();
  const auto written = bytes_to_disk();
  run_coroutines(coroutines, start);
  return {std::chrono::duration<double>(steady_clock::now() - begin).count(),
          static_cast<double>(clock() - cpu) / CLOCKS_PER_SEC, bytes_to_disk() - written};
}

/// Nothing when the store does not open.
bool run_case(const std::filesystem::path& directory, Load load) {
  std::filesystem::remove_all(directory);
  auto store = Store::open({.directory = directory});
  if (!store) {
    fmt::print(stderr, "{}\n", store.error().message);
    return false;
  }
  std::vector<Written> written(load.coroutines);
  const auto putting =
      measure(load.coroutines, [&](unsigned c) { return put_many(**store, load, c, written[c]); });
  const auto getting =
      measure(load.coroutines, [&](unsigned c) { return get_many(**store, load, written[c]); });
  double count = 0;
  for (const auto& each : written) count += static_cast<double>(each.count());
  fmt::print("| {} | {} | {:.0f} | {:.0f} | {:.1f} | {:.0f} | {:.0f} |\n", load.bytes,
             load.as_segments ? "segment" : "inline", count / putting.seconds, 1e6 * putting.cpu / count,
             putting.to_disk / count / static_cast<double>(load.bytes), count / getting.seconds,
             1e6 * getting.cpu / count);
  store->reset();
  std::filesystem::remove_all(directory);
  return true;
}

int main_of(const std::filesystem::path& directory, unsigned coroutines, unsigned seconds) {
  fmt::print("| bytes | place | put/s | CPU, us | written / body | get/s | CPU, us |\n");
  for (const std::size_t bytes : {4 << 10, 16 << 10, 32 << 10, 64 << 10, 128 << 10, 256 << 10, 512 << 10})
    for (const bool as_segments : {false, true})
      if (!run_case(directory / "inline_bench", {as_segments, bytes, coroutines, seconds})) return 1;
  return 0;
}

}  // namespace
}  // namespace vitrine::store

int main(int count, char** arguments) {
  if (count != 4) {
    fmt::print("usage: inline_bench DIRECTORY COROUTINES SECONDS\n");
    return 2;
  }
  return vitrine::store::main_of(arguments[1], static_cast<unsigned>(std::stoul(arguments[2])),
                                 static_cast<unsigned>(std::stoul(arguments[3])));
}
