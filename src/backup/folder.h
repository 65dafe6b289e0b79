// A folder with backups of one store: each in a folder of its own, sharing files with those before it.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "backup/manifest.h"
#include "store/file_layer.h"

namespace vitrine::backup {

class Folder {
 public:
  /// Errors: InvalidInput when there are no backups at that place; DeviceFailed.
  static Result<Folder> open(const std::filesystem::path& path,
                             store::FileLayer& files = store::posix_file_layer());
  /// Makes a new one where nothing is yet. Errors: InvalidInput when something else is there,
  /// InsufficientStorage, DeviceFailed.
  static Result<Folder> open_or_create(store::FileLayer& files, const std::filesystem::path& path);

  /// Keeps other makers of backups out while what it returns lives, which is nothing on a file system without
  /// locks. Errors: ServerBusy when somebody makes a backup in it.
  [[nodiscard]] Result<std::unique_ptr<store::FileLock>> lock() const;

  /// Every backup that was begun, in order.
  [[nodiscard]] Result<std::vector<Number>> numbers() const;
  /// Whether it was finished: only then it has a manifest. Errors: DeviceFailed.
  [[nodiscard]] Result<bool> is_complete(Number number) const;
  /// Errors: InvalidInput when there is none or it was not finished; Corrupt; DeviceFailed.
  [[nodiscard]] Result<Manifest> manifest(Number number) const;
  /// The newest finished one. Errors: as manifest().
  [[nodiscard]] Result<std::optional<Number>> newest() const;

  /// Makes the backup a finished one, once all its files are durable.
  [[nodiscard]] Result<void> finish(const Manifest& manifest) const;
  /// Removes the files that no finished backup has, which unfinished ones left. Nothing is removed when a
  /// manifest cannot be read. Errors: DeviceFailed.
  [[nodiscard]] Result<void> sweep() const;

  [[nodiscard]] store::FileLayer& files() const { return *files_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path file(std::string_view path) const { return path_ / path; }

 private:
  Folder(store::FileLayer& files, std::filesystem::path path) : files_(&files), path_(std::move(path)) {}
  [[nodiscard]] std::filesystem::path manifest_file(Number number) const;
  [[nodiscard]] Result<void> sweep(const std::string& inside, const std::set<std::string>& kept) const;

  store::FileLayer* files_;
  std::filesystem::path path_;
};

}  // namespace vitrine::backup
