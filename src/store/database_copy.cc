// Copies of a database: making one, and reading it.
#include <rocksdb/unique_id.h>
#include <rocksdb/utilities/checkpoint.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/encoding.h"
#include "store/database_impl.h"

namespace vitrine::store {

Result<void> Database::Impl::open_read_only() {
  auto made = std::make_shared<Opened>();
  made->read_only = true;
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const auto status = rocksdb::DB::OpenForReadOnly(options(), directory.string(), families(), &handles, &db);
  if (!status.ok()) return failure(status);
  made->db.reset(db);
  std::ranges::copy(handles, made->handles.begin());
  opened = std::move(made);
  return {};
}

Result<std::unique_ptr<Database>> Database::open_read_only(FileLayer& files,
                                                           const std::filesystem::path& directory,
                                                           Sizes sizes) {
  auto impl = make_impl(files, directory, sizes);
  TRY(impl->open_read_only());
  return std::unique_ptr<Database>(new Database(std::move(impl)));
}

Result<void> Database::copy_to(const std::filesystem::path& directory) {
  const auto opened = impl_->current();
  if (!opened) return reopening();
  rocksdb::Checkpoint* made = nullptr;
  auto status = rocksdb::Checkpoint::Create(opened->db.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  if (status.ok()) status = checkpoint->CreateCheckpoint(std::filesystem::absolute(directory).string());
  if (!status.ok()) return failure(status);
  return {};
}

Result<std::vector<DatabaseFile>> Database::files() const {
  const auto opened = impl_->current();
  if (!opened) return reopening();
  std::map<std::string, std::string> ids;  // by name
  for (auto* handle : opened->handles) {
    rocksdb::TablePropertiesCollection tables;
    if (const auto status = opened->db->GetPropertiesOfAllTables(handle, &tables); !status.ok())
      return failure(status);
    for (const auto& [path, properties] : tables) {
      std::string id;
      if (const auto status = rocksdb::GetExtendedUniqueIdFromTableProperties(*properties, &id); !status.ok())
        return failure(status);
      ids[std::filesystem::path(path).filename().string()] = to_hex(as_bytes(id));
    }
  }
  std::vector<DatabaseFile> files;
  for (auto& name : TRY(impl_->files.list(impl_->directory))) {
    const auto status = TRY(impl_->files.status(impl_->directory / name));
    if (!status) continue;
    const auto id = ids.find(name);
    files.push_back({std::move(name), status->size, id == ids.end() ? std::string() : id->second});
  }
  return files;
}

}  // namespace vitrine::store
