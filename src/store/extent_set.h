// Where the next segment goes: the extents of all directories, several open for parallel writers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/error.h"
#include "store/extent.h"
#include "store/file_layer.h"
#include "store/room_notices.h"

namespace vitrine::store {

class ExtentSet;

/// As much of an extent as so many bytes take.
std::uint64_t whole_pages(std::uint64_t bytes);

/// An extent that nobody will write to any more.
struct ClosedExtent {
  std::uint64_t number = 0;
  bool of_earlier_process = false;  ///< and not yet settled(): a crash may have left anything in it
};

/// "<directory>/0000000000000001.extent"
std::filesystem::path extent_path(const std::filesystem::path& directory, std::uint64_t number);
/// The number in such a file's name; nothing for another name.
std::optional<std::uint64_t> extent_number(std::string_view name);

/// Room for one segment. Given back on destruction, except for what was kept.
class Reservation {
 public:
  Reservation(ExtentSet& set, std::shared_ptr<Extent> extent, std::size_t directory, std::uint64_t offset,
              std::optional<std::uint64_t> length);
  ~Reservation();
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;

  [[nodiscard]] Extent& extent() const { return *extent_; }
  [[nodiscard]] std::shared_ptr<const Extent> shared_extent() const { return extent_; }
  /// Where the segment begins in its extent.
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  /// Makes sure of room for `more` bytes behind the first `bytes`; when the length was known it is there
  /// already. Waits for the disk. Errors: InsufficientStorage, DeviceFailed.
  [[nodiscard]] Result<void> extend(std::uint64_t bytes, std::uint64_t more);
  /// The first `length` bytes are the segment's for ever.
  void keep(std::uint64_t length) { kept_ = length; }

 private:
  ExtentSet& set_;
  std::shared_ptr<Extent> extent_;
  const std::size_t directory_;
  const std::uint64_t offset_;
  /// Unknown: the extent belongs to this reservation alone, which grows as it likes.
  const std::optional<std::uint64_t> length_;
  std::uint64_t kept_ = 0;
};

/// Extents that an earlier process left are only read: behind their last durable byte a crash may have left
/// anything. All calls may come from any thread; those that may wait for the disk say so.
class ExtentSet {
 public:
  struct Layout {
    std::vector<std::filesystem::path> directories;
    std::uint64_t extent_bytes = 0;
    std::uint64_t spare_bytes = 0;  ///< of each directory's disk that stay free
  };

  /// Lists the directories, which are the store's own, gives back room that a crash left set aside, and
  /// removes extents without a segment. No extent will have the number of one that is `live`, even if its
  /// file is not there. Waits for the disk. Errors: DeviceFailed, Corrupt.
  static Result<std::unique_ptr<ExtentSet>> open(FileLayer& files, Layout layout,
                                                 const std::set<std::uint64_t>& live);
  /// Leaves no room set aside and no extent without a segment. Waits for the disk.
  ~ExtentSet();

  /// Room for a segment of `length` bytes, or of any length when unknown; larger than an extent it gets one
  /// of its own. Waits for the disk. Errors: InsufficientStorage when no directory has room beside what is to
  /// stay free; DeviceFailed.
  [[nodiscard]] Result<std::unique_ptr<Reservation>> reserve(std::optional<std::uint64_t> length);

  /// An extent that is open already, or null.
  [[nodiscard]] std::shared_ptr<const Extent> find_open(std::uint64_t number) const;
  /// Gives back the room of a segment that nobody reads any more. Waits for the disk. Errors: Corrupt,
  /// DeviceFailed.
  [[nodiscard]] Result<void> free(std::uint64_t number, std::uint64_t offset, std::uint64_t bytes);
  [[nodiscard]] bool contains(std::uint64_t number) const;
  /// Whether nobody has it in hand, and nobody will write to it any more: from then on it only loses
  /// segments.
  [[nodiscard]] bool is_idle(std::uint64_t number) const;
  /// Removes an extent that nobody looks for any more. Waits for the disk. Errors: DeviceFailed.
  [[nodiscard]] Result<void> remove(std::uint64_t number);
  /// In the order of their numbers.
  [[nodiscard]] std::vector<ClosedExtent> closed();
  /// Nothing is left in it that nobody needs.
  void settled(std::uint64_t number);
  /// Opens an extent for reading. Waits for the disk. Errors: Corrupt, DeviceFailed.
  [[nodiscard]] Result<std::shared_ptr<const Extent>> open_for_reading(std::uint64_t number);

 private:
  friend class Reservation;

  /// An extent with room, and where that begins.
  struct Writable {
    std::shared_ptr<Extent> extent;
    std::uint64_t tail = 0;
    std::size_t directory = 0;
  };

  ExtentSet(FileLayer& files, Layout layout) : files_(files), layout_(std::move(layout)) {}

  Result<void> adopt_directory(std::size_t index, const std::set<std::uint64_t>& live);
  Result<bool> settle_leftover(const std::filesystem::path& path, bool lives);
  /// Room in the extent up to `end`, unless less than the spare bytes of its disk would stay free.
  Result<void> allocate(Extent& extent, std::size_t directory, std::uint64_t end);
  Result<std::unique_ptr<Reservation>> reserve_in(std::size_t directory, std::optional<std::uint64_t> length);
  Result<std::size_t> writable_in(std::size_t directory, std::optional<std::uint64_t> length);
  Result<void> add_writable(std::size_t directory);
  [[nodiscard]] bool is_written(std::uint64_t number) const;
  [[nodiscard]] bool fits(const Writable& writable, std::optional<std::uint64_t> length) const;
  void give_back(const std::shared_ptr<Extent>& extent, std::uint64_t offset,
                 std::optional<std::uint64_t> length, std::uint64_t kept);
  void keep_few_writable(std::size_t directory);
  void retire(const Writable& writable);
  Result<std::shared_ptr<Extent>> open_extent(std::uint64_t number);
  /// Keeps it open, unless it was removed or opened by somebody else meanwhile; the one to be used.
  std::shared_ptr<Extent> remember(std::shared_ptr<Extent> extent);
  [[nodiscard]] std::filesystem::path path_of(std::size_t directory, std::uint64_t number) const;

  FileLayer& files_;
  const Layout layout_;
  RoomNotices notices_;

  mutable std::mutex writing_mutex_;
  std::vector<Writable> writable_;
  /// Extents that a segment of unknown length has for itself.
  std::vector<Writable> lent_;
  std::size_t next_directory_ = 0;
  std::uint64_t next_number_ = 1;

  mutable std::mutex reading_mutex_;
  std::unordered_map<std::uint64_t, std::size_t> directory_of_;
  std::unordered_map<std::uint64_t, std::shared_ptr<Extent>> open_;
  std::unordered_set<std::uint64_t> earlier_;  ///< of earlier processes, not settled
};

}  // namespace vitrine::store
