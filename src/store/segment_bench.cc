// segment_bench DIRECTORY BYTES COROUTINES COUNT: MiB/s of writing COUNT segments and of reading them back.
#include <fmt/core.h>

#include <chrono>

#include "store/bench_threads.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

using std::chrono::steady_clock;

/// As much as a connection hands over at once.
constexpr std::size_t kArrivingBytes = 64 << 10;

struct Load {
  std::size_t bytes;
  unsigned coroutines;
  unsigned count;
};

Task<Result<SegmentId>> write_one(Store& store, std::size_t bytes, ConstBytes arriving) {
  const auto writer = store.new_segment(test_keys().current(), bytes);
  for (auto left = bytes; left > 0;) {
    const auto piece = arriving.first(std::min(left, arriving.size()));
    CO_TRY(co_await writer->append(piece));
    left -= piece.size();
  }
  auto segment = CO_TRY(co_await writer->finish());
  Commit change{.records = {{1, {}, std::string(300, 'r')}}, .adopts = {segment}};
  CO_TRY(co_await store.commit(StoreTestPeer::commit_access(), std::move(change)));
  co_return segment.id();
}

Task<Result<void>> read_one(Store& store, std::size_t bytes, SegmentId id) {
  auto reader =
      CO_TRY(co_await store.open_segment(StoreTestPeer::read_access(), test_keys(), id, {0, bytes}));
  while (reader.remaining() > 0) CO_TRY(co_await reader.next());
  co_return Result<void>{};
}

Task<void> write_all(Store& store, Load load, unsigned first, std::vector<SegmentId>& ids) {
  const Bytes arriving(kArrivingBytes, 'x');
  for (auto i = first; i < load.count; i += load.coroutines) {
    auto id = co_await write_one(store, load.bytes, arriving);
    if (id) ids[i] = *id;
  }
}

Task<void> read_all(Store& store, Load load, unsigned first, const std::vector<SegmentId>& ids) {
  for (auto i = first; i < load.count; i += load.coroutines) {
    auto read = co_await read_one(store, load.bytes, ids[i]);
    if (!read) fmt::print("{}\n", read.error().message);
  }
}

template <class Start>
void measure(const char* what, Load load, Start start) {
  const auto begin = steady_clock::now();
  run_coroutines(load.coroutines, start);
  const std::chrono::duration<double> took = steady_clock::now() - begin;
  fmt::print("{} {} x {} bytes c{}: {:.0f} MiB/s, {:.0f}/s\n", what, load.count, load.bytes, load.coroutines,
             static_cast<double>(load.bytes) * load.count / (1 << 20) / took.count(),
             load.count / took.count());
}

int main_of(const std::string& directory, Load load) {
  auto store = Store::open({.directory = directory});
  if (!store) {
    fmt::print("{}\n", store.error().message);
    return 1;
  }
  std::vector<SegmentId> ids(load.count);
  measure("write", load, [&](unsigned c) { return write_all(**store, load, c, ids); });
  measure("read", load, [&](unsigned c) { return read_all(**store, load, c, ids); });
  return 0;
}

}  // namespace
}  // namespace vitrine::store

int main(int count, char** arguments) {
  if (count != 5) {
    fmt::print("usage: segment_bench DIRECTORY BYTES COROUTINES COUNT\n");
    return 2;
  }
  return vitrine::store::main_of(arguments[1],
                                 {std::stoul(arguments[2]), static_cast<unsigned>(std::stoul(arguments[3])),
                                  static_cast<unsigned>(std::stoul(arguments[4]))});
}
