// Reading the files of tables for what the disk did to them.
#include <fmt/format.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <utility>

#include "store/database_impl.h"
#include "store/manifest.h"
#include "store/table_file.h"

namespace vitrine::store {
namespace {

std::string path_of(const rocksdb::LiveFileMetaData& file) {
  return (std::filesystem::path(file.directory) / file.relative_filename).string();
}

/// RocksDB's words for a damaged block hold the path and, at the end of a sentence, where the block is.
std::string place_in(const std::string& words) {
  constexpr std::string_view kOffset = " offset ";
  const auto at = words.find(kOffset);
  if (at == std::string::npos) return "";
  const auto begin = at + kOffset.size();
  const auto end = words.find_first_not_of("0123456789", begin);
  return fmt::format(" in the block at offset {}", words.substr(begin, end - begin));
}

/// A table knows the number that it was written under, which is its name.
Result<void> check_name(const std::filesystem::path& file, const rocksdb::SstFileReader& reader) {
  const auto properties = reader.GetTableProperties();
  if (!properties || properties->orig_file_number == 0) return {};
  const auto written_as = fmt::format("{:06}.sst", properties->orig_file_number);
  if (file.filename() == written_as) return {};
  return fail(Code::Corrupt, fmt::format("it holds what was written as {}", written_as));
}

Result<void> check_file(const std::filesystem::path& file, rocksdb::Env* env) {
  rocksdb::BlockBasedTableOptions uncached;
  uncached.no_block_cache = true;
  rocksdb::Options options;
  options.env = env;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(uncached));
  rocksdb::SstFileReader reader(options);
  auto status = reader.Open(file.string());
  if (status.ok()) status = reader.VerifyChecksum();
  if (status.ok()) return check_name(file, reader);
  if (status.IsCorruption())
    return fail(Code::Corrupt, fmt::format("it is not as it was written{}", place_in(status.ToString())));
  return fail(Code::DeviceFailed, fmt::format("it cannot be read: {}", status.ToString()));
}

}  // namespace

Result<std::vector<LiveTable>> Database::live_tables() const {
  const auto opened = impl_->current();
  if (!opened) return reopening();
  std::vector<rocksdb::LiveFileMetaData> files;
  opened->db->GetLiveFilesMetaData(&files);
  std::vector<LiveTable> tables;
  tables.reserve(files.size());
  for (const auto& file : files)
    tables.push_back({file.relative_filename, path_of(file), file.column_family_name, file.size});
  std::ranges::sort(tables, {}, &LiveTable::name);
  return tables;
}

Result<void> Database::check_manifest() const {
  return store::check_manifest(impl_->files, impl_->directory);
}

Result<void> Database::check_table(const LiveTable& table) const {
  return check_file(table.path, impl_->env.get());
}

Error Database::Impl::find_damage(Error otherwise) const {
  const auto names = files.list(directory);
  if (!names) return otherwise;
  for (const auto& name : *names) {
    if (!name.ends_with(".sst")) continue;
    const auto whole = check_file(directory / name, env.get());
    if (whole || whole.error().code != Code::Corrupt) continue;
    return {Code::Corrupt,
            fmt::format("The metadata store is damaged in {}: {}. Restore the data directory from a backup.",
                        name, whole.error().message),
            {}};
  }
  return otherwise;
}

Result<void> check_table_file(FileLayer& files, const std::filesystem::path& file) {
  if (!TRY(files.status(file))) return fail(Code::Corrupt, "it is missing");
  return check_file(file, make_env(files, file.parent_path()).get());
}

}  // namespace vitrine::store
