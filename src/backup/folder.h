// A folder with backups of one store: each in a folder of its own, sharing files with those before it.
#pragma once

#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "backup/manifest.h"
#include "store/file_layer.h"

namespace vitrine::backup {

/// Keeps other makers of backups out of a folder while it lives.
class FolderLock {
 public:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  int descriptor_;
};

class Folder {
 public:
  /// Errors: InvalidInput when there are no backups at that place; DeviceFailed.
  static Result<Folder> open(const std::filesystem::path& path);
  /// Makes a new one where nothing is yet. Errors: InvalidInput when something else is there,
  /// InsufficientStorage, DeviceFailed.
  static Result<Folder> open_or_create(store::FileLayer& files, const std::filesystem::path& path);

  /// Errors: ServerBusy when somebody makes a backup in it, DeviceFailed.
  [[nodiscard]] Result<FolderLock> lock() const;

  /// Every backup that was begun, in order.
  [[nodiscard]] Result<std::vector<Number>> numbers() const;
  /// Whether it was finished: only then it has a manifest.
  [[nodiscard]] bool is_complete(Number number) const;
  /// Errors: InvalidInput when there is none or it was not finished; Corrupt; DeviceFailed.
  [[nodiscard]] Result<Manifest> manifest(Number number) const;
  /// The newest finished one. Errors: as manifest().
  [[nodiscard]] Result<std::optional<Number>> newest() const;

  /// Makes the backup a finished one, once all its files are durable.
  [[nodiscard]] Result<void> finish(const Manifest& manifest) const;
  /// Removes the files that no finished backup has, which unfinished ones left. Nothing is removed when a
  /// manifest cannot be read. Errors: DeviceFailed.
  [[nodiscard]] Result<void> sweep(store::FileLayer& files) const;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path file(std::string_view path) const { return path_ / path; }

 private:
  explicit Folder(std::filesystem::path path) : path_(std::move(path)) {}
  [[nodiscard]] std::filesystem::path manifest_file(Number number) const;

  std::filesystem::path path_;
};

}  // namespace vitrine::backup
