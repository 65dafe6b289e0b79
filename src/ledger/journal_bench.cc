// journal_bench DIRECTORY RECORDS: one journal of so many records, sealed each second while it grows; then
// the times of receipts of records anywhere in it, of a start, an export and its verification. With 0 records
// it measures those that are there from before.
#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <ctime>
#include <fstream>
#include <memory>
#include <thread>

#include "base/file.h"
#include "crypto/mac.h"
#include "evidence/journal_folder.h"
#include "evidence/journal_verifier.h"
#include "identity/slot.h"
#include "ledger/sealer.h"
#include "store/bench_threads.h"
#include "store/store_test_peer.h"

namespace vitrine::ledger {
namespace {

using std::chrono::steady_clock;

constexpr std::uint64_t kRecordsOfACommit = 50, kMillion = 1'000'000, kReceipts = 10'000;
constexpr unsigned kCoroutines = 8;

double seconds_since(steady_clock::time_point begin) {
  return std::chrono::duration<double>(steady_clock::now() - begin).count();
}

/// A line of /proc/self/status, "VmRSS:" or "VmHWM:", in MiB.
double memory(std::string_view name) {
  std::ifstream status("/proc/self/status");
  double kib = 0;
  for (std::string word; status >> word;)
    if (word == name) status >> kib;
  return kib / 1024;
}

template <class T>
T need(Result<T> result) {
  if (result) return std::move(*result);
  fmt::print("{}\n", result.error().message);
  std::exit(1);
}
void need(const Result<void>& result) {
  if (!result) need<int>(std::unexpected(result.error()));
}

/// As a read of a picture leaves it.
store::JournalRecord some_record(const evidence::JournalId& journal, std::uint64_t number) {
  evidence::Salts salts;
  for (auto& salt : salts) crypto::fill_random(salt.bytes);
  const auto record = evidence::make_record(
      journal,
      {.who = {"account:cityarchive/key1", "shared-key", "sdk-python"},
       .what = {"storage",
                "blob.get",
                "photos",
                fmt::format("2026/11/picture-{:010}.jpg", number),
                {},
                tlog::Digest{},
                {}},
       .why = {"archive", {}, evidence::Decision::Permitted, {"purpose/archive"}, {}, {}, {}, 0, 0},
       .outcome = {evidence::Measure::UpperBounds,
                   {{"items", 1}, {"bytes", 4096}},
                   200,
                   system_clock().now(),
                   "3f1c0000-0000-4000-8000-000000000003",
                   {}}},
      salts);
  return {0, evidence::leaf(record), std::string(as_text(evidence::encode_record(record)))};
}

/// A store with one account's slot, and everything above it that makes evidence.
class World {
 public:
  explicit World(std::filesystem::path directory)
      : directory_(std::move(directory)),
        key_(need(load_or_create_log_key(directory_ / "log.key", "bench.example/log"))) {
    const auto begin = steady_clock::now();
    store_ = need(store::Store::open({.directory = directory_}));
    ledger_.emplace(*store_, key_.receipt_secret(),
                    JournalFiles(store::posix_file_layer(), directory_ / "journals"));
    sealer_ =
        need(Sealer::open(*ledger_, *store_, key_, system_clock(), {.log_directory = directory_ / "log"}));
    fmt::print("opened in {:.2f} s\n", seconds_since(begin));
  }

  void fill(std::uint64_t records) {
    need(run(make_account()));
    sealer_->start();
    begin_ = steady_clock::now();
    store::run_coroutines(kCoroutines, [&](unsigned id) { return commit_some(id, records); });
    fmt::print("{} records in {:.0f} s\n", records, seconds_since(begin_));
    // Until there is no more in the store than its tail.
    while (store_->journal_size(0) - store_->journal_front(0) >
           SealerOptions().journal_tail + tlog::kTileWidth)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    fmt::print("sealed and in files after {:.0f} s; {:.0f} MiB, most {:.0f}\n", seconds_since(begin_),
               memory("VmRSS:"), memory("VmHWM:"));
  }

  void start() { sealer_->start(); }

  void receipts() {
    const auto size = store_->journal_size(0);
    std::vector<double> milliseconds;
    std::uint64_t bytes = 0;
    const auto cpu = clock();
    for (std::uint64_t i = 0; i < kReceipts; ++i) {
      const auto index = i * 0x9e3779b97f4a7c15 % size;  // anywhere, each time elsewhere
      const auto begin = steady_clock::now();
      bytes += need(run(sealer_->receipt({0, index}))).size();
      milliseconds.push_back(1e3 * seconds_since(begin));
    }
    const auto cpu_us = 1e6 * static_cast<double>(clock() - cpu) / CLOCKS_PER_SEC / kReceipts;
    std::ranges::sort(milliseconds);
    fmt::print(
        "receipts: p50 {:.3f} ms, p99 {:.3f} ms, most {:.2f} ms, {:.0f} us of CPU and {} bytes each; {:.0f} "
        "MiB\n",
        milliseconds[kReceipts / 2], milliseconds[kReceipts * 99 / 100], milliseconds.back(), cpu_us,
        bytes / kReceipts, memory("VmRSS:"));
  }

  void export_and_verify() {
    const auto folder = directory_ / "export";
    std::filesystem::remove_all(folder);
    auto begin = steady_clock::now();
    const auto head = need(run(sealer_->journal_head({0, store_->journal_size(0) - 1})));
    const auto exported = need(evidence::update_export(folder, head, [&](const std::string& path) {
      return ledger_->journals().read(0, std::get<tlog::BundleId>(*tlog::parse_tile_path(path)));
    }));
    fmt::print("export of {} records: {:.0f} s; {:.0f} MiB\n", exported.records, seconds_since(begin),
               memory("VmRSS:"));
    begin = steady_clock::now();
    const auto read = [&](const std::string& path) -> Result<Bytes> {
      return to_bytes(as_bytes(TRY(read_file(folder / path))));
    };
    const auto verification = evidence::verify_journal(read, key_.name);
    fmt::print("verified: {}, {:.0f} s; {:.0f} MiB, most {:.0f}\n", verification.verified(),
               seconds_since(begin), memory("VmRSS:"), memory("VmHWM:"));
  }

 private:
  Task<Result<void>> make_account() {
    store::Commit commit;
    commit.writes.push_back(
        {identity::slot_key(0), identity::encode_slot(0, {.stream = 0, .journal = journal_.bytes})});
    commit.writes.push_back(pending_entry(evidence::AccountCreated{}, "00000000"));
    CO_TRY(co_await store_->commit(store::StoreTestPeer::commit_access(), std::move(commit)));
    co_return Result<void>{};
  }

  Task<void> commit_some(unsigned id, std::uint64_t records) {
    for (auto at = id * kRecordsOfACommit; at < records; at += kCoroutines * kRecordsOfACommit) {
      store::Commit commit;
      for (auto i = at; i < std::min(records, at + kRecordsOfACommit); ++i)
        commit.records.push_back(some_record(journal_, i));
      need(co_await store_->commit(store::StoreTestPeer::commit_access(), std::move(commit)));
      if (id == 0 && at % kMillion == 0)
        fmt::print("{:8} records, {:.0f} s, {:.0f} MiB; in the store {}\n", at, seconds_since(begin_),
                   memory("VmRSS:"), store_->journal_size(0) - store_->journal_front(0));
    }
  }

  template <class T>
  T run(Task<T> task) {
    boost::asio::io_context io(1);
    std::optional<T> out;
    auto body = [&]() -> Task<void> { out.emplace(co_await std::move(task)); };
    boost::asio::co_spawn(io, body(), boost::asio::detached);
    io.run();
    return std::move(*out);
  }

  std::filesystem::path directory_;
  LogKey key_;
  evidence::JournalId journal_{};
  std::unique_ptr<store::Store> store_;
  std::optional<Ledger> ledger_;
  std::unique_ptr<Sealer> sealer_;
  steady_clock::time_point begin_;
};

int main_of(const std::filesystem::path& directory, std::uint64_t records) {
  if (records > 0) World(directory).fill(records);
  World again(directory);
  again.start();
  again.receipts();
  again.export_and_verify();
  return 0;
}

}  // namespace
}  // namespace vitrine::ledger

int main(int count, char** arguments) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  if (count == 3) return vitrine::ledger::main_of(arguments[1], std::stoull(arguments[2]));
  fmt::print("usage: journal_bench DIRECTORY RECORDS\n");
  return 2;
}
