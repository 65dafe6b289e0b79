// The file system as the engine uses it; tests put a faulty one in its place.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace vitrine::store {

/// An open file. All calls may come from any thread. Errors: InsufficientStorage when the disk is full,
/// DeviceFailed for anything else.
class File {
 public:
  virtual ~File() = default;

  /// Writes all bytes.
  [[nodiscard]] virtual Result<void> write_at(std::uint64_t offset, ConstBytes bytes) = 0;
  /// Fills `out` unless the file ends earlier; returns the number of bytes read.
  [[nodiscard]] virtual Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const = 0;
  /// As read_at, but stops where it would have to wait for the disk.
  [[nodiscard]] virtual Result<std::size_t> read_cached(std::uint64_t offset, MutableBytes out) const = 0;
  /// Sets room aside without changing the file's size.
  [[nodiscard]] virtual Result<void> allocate(std::uint64_t offset, std::uint64_t length) = 0;
  /// Gives the room of a range back; its bytes read as zero.
  [[nodiscard]] virtual Result<void> punch(std::uint64_t offset, std::uint64_t length) = 0;
  /// Sets the size and gives back all room behind it.
  [[nodiscard]] virtual Result<void> truncate(std::uint64_t size) = 0;
  /// Asks the disk to begin writing a range; promises nothing.
  virtual void start_writing(std::uint64_t offset, std::uint64_t length) = 0;
  /// Everything written so far is durable when this succeeds. After a failure nothing about the file is
  /// certain, and another try proves nothing.
  [[nodiscard]] virtual Result<void> sync() = 0;
  [[nodiscard]] virtual Result<std::uint64_t> size() const = 0;
  /// Bytes that the file takes on the disk, what is set aside included.
  [[nodiscard]] virtual Result<std::uint64_t> room() const = 0;
};

/// What is known of a name without opening it.
struct FileStatus {
  std::uint64_t size = 0;  ///< bytes; means nothing for a directory
  bool is_directory = false;
};

/// Keeps a file locked against every other holder until it is destroyed or the process ends.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

/// Errors, where no other are named: as those of a File.
class FileLayer {
 public:
  virtual ~FileLayer() = default;

  /// A new file for reading and writing.
  [[nodiscard]] virtual Result<std::unique_ptr<File>> create(const std::filesystem::path& path) = 0;
  /// An existing file for reading and writing.
  [[nodiscard]] virtual Result<std::unique_ptr<File>> open(const std::filesystem::path& path) = 0;
  /// An existing file whose bytes are only read; it may lie on a file system that takes no writes.
  [[nodiscard]] virtual Result<std::unique_ptr<File>> open_for_reading(const std::filesystem::path& path) = 0;
  [[nodiscard]] virtual Result<void> remove(const std::filesystem::path& path) = 0;
  /// An empty one.
  [[nodiscard]] virtual Result<void> remove_directory(const std::filesystem::path& path) = 0;
  /// Gives a file another name in one step, in place of the file that had it; or a directory, where nothing
  /// has that name.
  [[nodiscard]] virtual Result<void> rename(const std::filesystem::path& from,
                                            const std::filesystem::path& to) = 0;
  /// Gives a file a second name, on the same file system.
  [[nodiscard]] virtual Result<void> link(const std::filesystem::path& file,
                                          const std::filesystem::path& name) = 0;
  /// Nothing when there is no such name.
  [[nodiscard]] virtual Result<std::optional<FileStatus>> status(const std::filesystem::path& path) = 0;
  /// Creates the directory and its parents where missing, durably.
  [[nodiscard]] virtual Result<void> make_directory(const std::filesystem::path& path) = 0;
  /// Makes creations and removals in the directory durable.
  [[nodiscard]] virtual Result<void> sync_directory(const std::filesystem::path& path) = 0;
  /// The names in a directory, in no order.
  [[nodiscard]] virtual Result<std::vector<std::string>> list(const std::filesystem::path& path) = 0;
  /// Creates the file when it is missing. Errors: ServerBusy while somebody else holds the lock.
  [[nodiscard]] virtual Result<std::unique_ptr<FileLock>> lock(const std::filesystem::path& path) = 0;
  /// Bytes that may still be written to the file system that holds `path`.
  [[nodiscard]] virtual Result<std::uint64_t> free_room(const std::filesystem::path& path) = 0;
};

/// Removes the directory with everything in it, if there is one. Errors: as those of a FileLayer.
Result<void> remove_tree(FileLayer& files, const std::filesystem::path& directory);
/// Replaces a file in one step: after a crash it is the old one or the new one. Errors: as those of a
/// FileLayer.
Result<void> replace_content(FileLayer& files, const std::filesystem::path& file, ConstBytes content);

/// The machine's own. With it RocksDB uses its own file system, which makes the same calls.
FileLayer& posix_file_layer();

}  // namespace vitrine::store
