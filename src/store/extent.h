// A file that holds segments one after the other (docs/formats/extent.md).
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "store/file_layer.h"

namespace vitrine::store {

/// Append-only as its users see it; who may write where is for the ExtentSet to say. All calls may come from
/// any thread.
class Extent {
 public:
  /// Segments begin behind the header, at multiples of a page: no two share one, so that syncing a segment
  /// rewrites nothing of another.
  static constexpr std::uint64_t kPageBytes = 4096;
  static constexpr std::uint64_t kHeaderBytes = kPageBytes;

  /// Durable with its header and directory entry. Errors: InsufficientStorage, DeviceFailed.
  static Result<std::shared_ptr<Extent>> create(FileLayer& files, const std::filesystem::path& path,
                                                std::uint64_t number);
  /// For reading only, also from a file system that takes no writes. Errors: Corrupt when the header is not
  /// that of this extent; DeviceFailed.
  static Result<std::shared_ptr<Extent>> open(FileLayer& files, const std::filesystem::path& path,
                                              std::uint64_t number);

  Extent(std::unique_ptr<File> file, std::filesystem::path path, std::uint64_t number)
      : file_(std::move(file)), path_(std::move(path)), number_(number) {}

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::uint64_t number() const { return number_; }
  /// Sets room aside up to `end`, in large steps, but at most `ahead` bytes more than needed. Errors:
  /// InsufficientStorage, DeviceFailed.
  [[nodiscard]] Result<void> allocate_through(std::uint64_t end, std::uint64_t ahead);
  /// Up to where room is set aside.
  [[nodiscard]] std::uint64_t allocated() const;
  /// Writes into the page cache and asks the disk to begin. Errors: InsufficientStorage, DeviceFailed.
  [[nodiscard]] Result<void> write_at(std::uint64_t offset, ConstBytes bytes);
  /// Calls `done` when all that was written before is durable, or can no longer be made so: an extent whose
  /// sync failed once stays failed. One sync serves all who ask meanwhile; the calling thread may do the
  /// work for all of them.
  void sync(std::move_only_function<void(Result<void>)> done);
  /// The same, and waits for it, also when it is another thread that does the syncing.
  Result<void> sync();
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] Result<void> punch(std::uint64_t offset, std::uint64_t length) {
    return file_->punch(offset, length);
  }
  /// Ends the extent at `size` and gives back the room behind.
  [[nodiscard]] Result<void> trim(std::uint64_t size);

  [[nodiscard]] const File& file() const { return *file_; }

 private:
  const std::unique_ptr<File> file_;
  const std::filesystem::path path_;
  const std::uint64_t number_;
  std::atomic<bool> failed_ = false;

  mutable std::mutex allocation_mutex_;
  std::uint64_t allocated_ = kHeaderBytes;

  std::mutex sync_mutex_;
  std::vector<std::move_only_function<void(Result<void>)>> waiting_;
  bool syncing_ = false;
};

}  // namespace vitrine::store
