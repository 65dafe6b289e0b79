// Taking earlier values out of the files.
#include <fmt/format.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <charconv>
#include <optional>

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

}  // namespace

Result<void> Database::rewrite(Family family, std::string_view from, std::string_view to) {
  const auto opened = impl_->current();
  if (!opened) return reopening();
  const auto before = TRY(logs(impl_->files, impl_->directory));
  auto status = begin_new_log(*opened);
  if (!status.ok()) return failure(status);
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  const rocksdb::Slice first = from, last = to;
  status = opened->db->CompactRange(options, opened->handle(family), &first, &last);
  if (status.ok()) status = remove_obsolete(*opened->db);
  if (!status.ok()) return failure(status);
  const auto after = TRY(logs(impl_->files, impl_->directory));
  if (before.empty() || after.empty() || after.front() > before.back()) return {};
  return fail(Code::DeviceFailed,
              fmt::format("The log {:06}.log was not removed. Check the disk.", after.front()));
}

}  // namespace vitrine::store
