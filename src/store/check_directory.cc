#include "store/check_directory.h"

#include <utility>

#include "store/database.h"
#include "store/extent_directories.h"
#include "store/extent_set.h"
#include "store/table_file.h"

namespace vitrine::store {
namespace {

constexpr Database::Sizes kSizes{.cache_bytes = 64 << 20, .write_buffer_bytes = 64 << 20};
constexpr std::uint64_t kNoMoreBytes = 0;

void check_files(FileLayer& files, const std::filesystem::path& metadata, CheckReport& report) {
  const auto names = files.list(metadata);
  if (!names) return report.add("the tables' files", names.error().message);
  for (const auto& name : *names) {
    if (!name.ends_with(".sst")) continue;
    if (const auto whole = check_table_file(files, metadata / name); !whole)
      report.add("file " + name, whole.error().message);
  }
}

/// What lives must be known, so that no file of it is taken for a leftover.
Result<std::unique_ptr<ExtentSet>> open_extents(FileLayer& files, const Database& database,
                                                std::vector<std::filesystem::path> directories) {
  const auto live = TRY(live_extents(database));
  return ExtentSet::open(files, {std::move(directories), kNoMoreBytes, 0}, live);
}

CheckReport check_what_opens(FileLayer& files, const std::filesystem::path& metadata,
                             std::vector<std::filesystem::path> extent_directories,
                             const CheckProgress& progress) {
  CheckReport report;
  const auto database = Database::open_read_only(files, metadata, kSizes);
  if (!database) {
    check_files(files, metadata, report);
    return report;
  }
  const auto extents = open_extents(files, **database, std::move(extent_directories));
  if (!extents) {
    report.add("the extents", extents.error().message);
    check_files(files, metadata, report);
    return report;
  }
  return check(**database, **extents, progress);
}

}  // namespace

CheckReport check_directory(FileLayer& files, const std::filesystem::path& directory,
                            std::vector<std::filesystem::path> extent_directories, const Error& why,
                            const CheckProgress& progress) {
  auto report = check_what_opens(files, directory / "metadata", std::move(extent_directories), progress);
  report.add("the store cannot be opened", why.message);
  return report;
}

}  // namespace vitrine::store
