// Reading the files of tables for what the disk did to them.
#include <fmt/format.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <utility>

#include "store/database_impl.h"

namespace vitrine::store {
namespace {

std::string path_of(const rocksdb::LiveFileMetaData& file) {
  return (std::filesystem::path(file.directory) / file.relative_filename).string();
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

Result<void> Database::check_table(const LiveTable& table) const {
  rocksdb::BlockBasedTableOptions uncached;
  uncached.no_block_cache = true;
  rocksdb::Options options;
  if (impl_->env) options.env = impl_->env.get();
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(uncached));
  rocksdb::SstFileReader reader(options);
  auto status = reader.Open(table.path);
  if (status.ok()) status = reader.VerifyChecksum();
  if (!status.ok()) return failure(status);
  return {};
}

}  // namespace vitrine::store
