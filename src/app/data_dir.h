// Where things lie in the data directory.
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "base/error.h"

namespace vitrine::app {

struct DataDir {
  std::filesystem::path root;

  [[nodiscard]] std::filesystem::path store() const { return root / "store"; }
  /// The store's tables and their log.
  [[nodiscard]] std::filesystem::path metadata() const { return store() / "metadata"; }
  /// The published files of the public log: any web server may serve them.
  [[nodiscard]] std::filesystem::path log() const { return root / "log"; }
  /// Sealed records that the store has no more.
  [[nodiscard]] std::filesystem::path journals() const { return root / "journals"; }
  [[nodiscard]] std::filesystem::path log_key() const { return root / "keys" / "log.key"; }
  /// What every account's data keys are wrapped under.
  [[nodiscard]] std::filesystem::path operator_key() const { return root / "keys" / "operator.key"; }
  [[nodiscard]] std::filesystem::path operator_token() const { return root / "keys" / "operator.token"; }
  /// How far scrub is.
  [[nodiscard]] std::filesystem::path scrub() const { return root / "scrub"; }
  /// Marks a directory into which a backup is being restored: nothing in it is to be used.
  [[nodiscard]] std::filesystem::path restore_unfinished() const { return root / "restore-unfinished"; }
  /// Marks a directory made from a backup, until it is known what was published of its log since.
  [[nodiscard]] std::filesystem::path restored() const { return root / "restored"; }
  /// Marks a directory that `serve --dev` made.
  [[nodiscard]] std::filesystem::path development() const { return root / "development"; }
};

/// Keeps other servers out of a directory while it lives.
class DirectoryLock {
 public:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
  DirectoryLock(DirectoryLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock();

 private:
  int descriptor_;
};

/// Takes a directory that is there, and changes nothing in it. Errors: Unavailable when another server has
/// it, Corrupt when a backup was restored into it only in part, DeviceFailed.
Result<DirectoryLock> occupy(const DataDir& data);

/// Takes the directory for a server with or without --dev. A new one is made, with its keys folder for the
/// owner only; of another nothing is changed when it is refused. Errors: Unavailable when another server has
/// it, InvalidInput when it was made for the other kind of server, Corrupt when the key of its log or its
/// metadata is missing or a backup was restored into it only in part, DeviceFailed.
Result<DirectoryLock> prepare(const DataDir& data, bool dev);

/// Whether there is anything in the tables' folder. Errors: DeviceFailed.
Result<bool> has_metadata(const DataDir& data);

/// Errors: Corrupt when there is a store, but no file with the operator's key.
Result<void> check_operator_key(const DataDir& data);

/// Whether the directory may be served as far as restoring is concerned. One made from a backup waits for the
/// newest checkpoint that was published. Errors: Unavailable, saying what to do; DeviceFailed.
Result<void> check_restored(const DataDir& data);
/// Once the published checkpoint has been compared with the store. Errors: DeviceFailed.
Result<void> forget_restored(const DataDir& data);

/// The token file's line, or a new token of 32 random bytes in hexadecimal. Errors: DeviceFailed; Corrupt
/// when the file holds less than 32 characters.
Result<std::string> load_or_create_operator_token(const DataDir& data);
/// Errors: ResourceNotFound, DeviceFailed, Corrupt.
Result<std::string> read_operator_token(const std::filesystem::path& file);

}  // namespace vitrine::app
