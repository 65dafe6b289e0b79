// The store as it was after one commit, held still while commits go on.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "base/error.h"
#include "store/database.h"
#include "store/entry.h"
#include "store/read_pins.h"
#include "store/segments_by_place.h"

namespace vitrine::store {

class Extent;
class ExtentSet;
class FileLayer;

/// Where a store is frozen: there is one frozen at a time.
struct FreezePlace {
  std::filesystem::path directory;
  std::atomic<bool> taken = false;
  /// Copies begun, each in an empty place.
  std::atomic<std::uint64_t> begun = 0;

  /// Where RocksDB has a copy until it is whole.
  [[nodiscard]] std::filesystem::path unfinished() const;
  /// Removes what a crash, or a removal that failed, has left there. Errors: as those of a FileLayer.
  [[nodiscard]] Result<void> clear(FileLayer& files) const;
  /// Makes sure that no copy holds files of the store that it has itself given up before the call. Waits a
  /// moment for one that is being made. Errors: Unavailable when it takes longer; as those of a FileLayer.
  [[nodiscard]] Result<void> holds_nothing(FileLayer& files);
};

/// Its tables are files of their own, hard links mostly; the extents that they name are the store's. What
/// it holds back on the disk is given back when it is destroyed; if that fails, by the next one, or by
/// opening the store next.
class FrozenStore {
 public:
  /// The rest must outlive this. Errors: ServerBusy when there is one already; InsufficientStorage,
  /// DeviceFailed, Corrupt.
  static Result<std::unique_ptr<FrozenStore>> freeze(FileLayer& files, Database& database, ExtentSet& extents,
                                                     ReadPin pin, FreezePlace& place);
  ~FrozenStore();
  FrozenStore(const FrozenStore&) = delete;
  FrozenStore& operator=(const FrozenStore&) = delete;

  /// The last commit that is in it.
  [[nodiscard]] Version version() const { return version_; }
  /// The value under a key of State, Heads or Rows; `version` is 0 when there is none. Errors: DeviceFailed,
  /// Corrupt.
  [[nodiscard]] Result<Entry> look_up(const Key& key) const;

  /// Where its tables' files are.
  [[nodiscard]] const std::filesystem::path& directory() const { return place_.directory; }
  /// Through which they are read.
  [[nodiscard]] FileLayer& file_layer() const { return files_; }
  [[nodiscard]] Result<std::vector<DatabaseFile>> files() const { return database_->files(); }
  /// Every segment that its rows name.
  [[nodiscard]] SegmentsByPlace segments() const { return SegmentsByPlace(*database_); }
  /// Errors: Corrupt when it is missing, DeviceFailed.
  [[nodiscard]] Result<std::shared_ptr<const Extent>> extent(std::uint64_t number) const;

 private:
  FrozenStore(FileLayer& files, ExtentSet& extents, ReadPin pin, FreezePlace& place)
      : files_(files), extents_(extents), pin_(std::move(pin)), place_(place) {}

  FileLayer& files_;
  ExtentSet& extents_;
  ReadPin pin_;  ///< from before the tables were copied: what they name keeps its bytes
  FreezePlace& place_;
  std::unique_ptr<Database> database_;
  Version version_ = 0;
};

}  // namespace vitrine::store
