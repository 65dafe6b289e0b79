// Taking earlier values out of the files.
#include <fmt/format.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>
#include <optional>
#include <set>
#include <thread>

#include "store/database_impl.h"

namespace vitrine::store {
namespace {

/// A log's number by its name.
std::optional<std::uint64_t> log_number(std::string_view name) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || std::string_view(end, name.data() + name.size()) != ".log") return std::nullopt;
  return number;
}

Result<std::vector<std::uint64_t>> logs(FileLayer& files, const std::filesystem::path& directory) {
  std::vector<std::uint64_t> numbers;
  for (const auto& name : TRY(files.list(directory)))
    if (const auto number = log_number(name)) numbers.push_back(*number);
  std::ranges::sort(numbers);
  return numbers;
}

rocksdb::Status flush_all(const Opened& opened) {
  return opened.db->Flush({}, {opened.handles.begin(), opened.handles.end()});
}

/// Empties all memtables, so that nothing needs a log that was there before. A family that was emptied in
/// the background while the log changed would go on naming its old one until the next change; so there is
/// another change, and it takes something to write.
rocksdb::Status begin_new_log(const Opened& opened) {
  auto status = flush_all(opened);
  if (!status.ok()) return status;
  status = opened.db->Delete({}, opened.handle(Family::Meta), "nothing");
  return status.ok() ? flush_all(opened) : status;
}

/// Removes what nothing needs, also what could not be removed earlier.
rocksdb::Status remove_obsolete(rocksdb::DB& db) {
  const auto status = db.DisableFileDeletions();
  return status.ok() ? db.EnableFileDeletions(false) : status;
}

/// The family's tables that hold anything from `from` to `to`, as RocksDB names them.
std::set<std::string> tables_around(const Opened& opened, Family family, std::string_view from,
                                    std::string_view to) {
  std::vector<rocksdb::LiveFileMetaData> tables;
  opened.db->GetLiveFilesMetaData(&tables);
  std::set<std::string> around;
  for (const auto& table : tables)
    if (table.column_family_name == opened.handle(family)->GetName() && table.largestkey >= from &&
        table.smallestkey <= to)
      around.insert(table.relative_filename);
  return around;
}

/// A read that began before keeps the tables that it looks at: it is given so long to end.
constexpr std::chrono::milliseconds kForReads{2'000}, kLookAgain{20};

/// Those of the tables that are there all the same.
Result<std::set<std::string>> still_there(FileLayer& files, const std::filesystem::path& directory,
                                          std::set<std::string> tables) {
  for (const auto until = std::chrono::steady_clock::now() + kForReads;;) {
    for (auto table = tables.begin(); table != tables.end();)
      table = TRY(files.status(directory / *table)) ? std::next(table) : tables.erase(table);
    if (tables.empty() || std::chrono::steady_clock::now() >= until) return tables;
    std::this_thread::sleep_for(kLookAgain);
  }
}

}  // namespace

Result<void> Database::rewrite(Family family, std::string_view from, std::string_view to) {
  std::lock_guard lock(impl_->rewriting);
  const auto opened = impl_->current();
  if (!opened) return reopening();
  const auto before = TRY(logs(impl_->files, impl_->directory));
  auto status = begin_new_log(*opened);
  if (!status.ok()) return failure(status);
  impl_->outlived.merge(tables_around(*opened, family, from, to));
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  const rocksdb::Slice first = from, last = to;
  status = opened->db->CompactRange(options, opened->handle(family), &first, &last);
  if (status.ok()) status = remove_obsolete(*opened->db);
  if (!status.ok()) return failure(status);
  const auto after = TRY(logs(impl_->files, impl_->directory));
  if (!before.empty() && !after.empty() && after.front() <= before.back())
    return fail(Code::DeviceFailed,
                fmt::format("The log {:06}.log was not removed. Check the disk.", after.front()));
  impl_->outlived = TRY(still_there(impl_->files, impl_->directory, std::move(impl_->outlived)));
  if (impl_->outlived.empty()) return {};
  return fail(
      Code::Unavailable,
      fmt::format("The table {} is still there: a read that began before keeps it, or the disk did not "
                  "remove it.",
                  *impl_->outlived.begin()));
}

}  // namespace vitrine::store
