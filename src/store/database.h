// The ordered tables and their log. Alone knows RocksDB, and only in its .cc files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "store/entry.h"
#include "store/file_layer.h"

namespace vitrine::store {

/// The column families: the public tables and two of the store's own.
enum class Family : std::uint8_t { Meta, State, Heads, Bodies, Rows, Journal, Counters, Segments };
inline constexpr std::size_t kFamilies = 8;

Family family_of(Table table);

/// A value held where it lies, in the cache, without a copy. Outlives reopen(), not the database.
class Pinned {
 public:
  struct Impl;
  explicit Pinned(std::unique_ptr<Impl> impl);
  ~Pinned();
  Pinned(Pinned&&) noexcept;
  Pinned& operator=(Pinned&&) noexcept;

  [[nodiscard]] bool found() const;
  /// Precondition: found().
  [[nodiscard]] ConstBytes bytes() const;

 private:
  std::unique_ptr<Impl> impl_;
};

/// Walks the keys of one family between two bounds, as they were when it was made. Ends with Unavailable when
/// the database is reopened, which waits for it until it is moved: one that is kept without being moved
/// rests.
class Cursor {
 public:
  struct Impl;
  explicit Cursor(std::unique_ptr<Impl> impl);
  ~Cursor();

  /// At the first key not below `key` and inside the bounds.
  void seek(std::string_view key);
  /// At the last key not above `key` and inside the bounds.
  void seek_back(std::string_view key);
  /// Precondition: valid().
  void next();
  /// A reopening need not wait for it until it is moved again. Before that nothing else may be asked of it.
  void rest();
  /// False at the end, and after an error: status() tells which.
  [[nodiscard]] bool valid() const;
  [[nodiscard]] std::string_view key() const;
  [[nodiscard]] std::string_view value() const;
  [[nodiscard]] Result<void> status() const;

 private:
  std::unique_ptr<Impl> impl_;
};

/// Changes that become durable together.
class Batch {
 public:
  struct Impl;
  explicit Batch(std::unique_ptr<Impl> impl);
  ~Batch();

  /// The value is the parts one after the other.
  void put(Family family, std::string_view key, std::initializer_list<std::string_view> parts);
  void erase(Family family, std::string_view key);
  /// All keys with `from` <= key < `to`, at the cost of one.
  void erase_range(Family family, std::string_view from, std::string_view to);
  [[nodiscard]] bool empty() const;

 private:
  friend class Database;
  std::unique_ptr<Impl> impl_;
};

/// A file of a database that is not written to: immutable tables, and small ones that tell of them.
struct DatabaseFile {
  std::string name;
  std::uint64_t length = 0;
  /// Of an immutable table: tells it apart from every other one ever written, in hexadecimal. Empty for the
  /// others.
  std::string table_id;
};

/// An immutable file in use.
struct LiveTable {
  std::string name;
  std::string path;
  std::string family;
  std::uint64_t bytes = 0;
};

/// All families share one log, so a crash leaves a prefix of the batches, each whole.
class Database {
 public:
  struct Sizes {
    std::size_t cache_bytes = 0;
    std::size_t write_buffer_bytes = 0;
    bool merging = true;  ///< as set_merging
  };

  /// Errors: Unavailable when another process has it open; Corrupt, also when the log is damaged in front of
  /// its end; InsufficientStorage, DeviceFailed. The layer outlives the database.
  static Result<std::unique_ptr<Database>> open(FileLayer& files, const std::filesystem::path& directory,
                                                Sizes sizes);
  /// As it was left, for reading only; nothing in the directory is changed. Errors: Corrupt, DeviceFailed.
  static Result<std::unique_ptr<Database>> open_read_only(FileLayer& files,
                                                          const std::filesystem::path& directory,
                                                          Sizes sizes);
  /// Empties the memtables into files unless a write has failed.
  ~Database();

  /// After a failure: closes and opens again, which tells for good what of the last batch is there. Cursors
  /// are ended and waited for; reads are refused meanwhile with Unavailable, and go on being refused when it
  /// fails: try again then. Batches made before are void. Errors: as open.
  [[nodiscard]] Result<void> reopen();
  /// Whether tables are merged, which needs as much room again as they have, for a while. Off, they grow in
  /// number, and writers never wait for merges. Also for every reopening.
  void set_merging(bool on);
  /// A write of the log, or of tables in the background, has failed: nothing can be written until reopen().
  [[nodiscard]] bool failed() const;

  [[nodiscard]] Result<Pinned> get(Family family, std::string_view key) const;
  /// Keys with `from` <= key < `to`; an empty `to` is no bound.
  [[nodiscard]] std::unique_ptr<Cursor> cursor(Family family, std::string_view from,
                                               std::string_view to) const;
  /// Whole families, all as of one moment, resting. What is erased meanwhile stays in files until the cursors
  /// are gone. Errors: Unavailable, DeviceFailed.
  [[nodiscard]] Result<std::vector<std::unique_ptr<Cursor>>> cursors(std::span<const Family> families) const;
  [[nodiscard]] std::unique_ptr<Batch> new_batch() const;
  /// Durable when it succeeds, unknown when it fails; then every later write fails too. Clears the batch.
  [[nodiscard]] Result<void> write(Batch& batch);
  /// Writes the files anew that have keys from `from` to `to`, so that they only hold their last values, and
  /// begins a new log. Blocks. Errors: as write; nothing is lost.
  [[nodiscard]] Result<void> rewrite(Family family, std::string_view from, std::string_view to);

  /// Puts the state after some batch into a new directory, as a database of its own; immutable files are
  /// hard links where the file system has them. From any thread. Errors: InsufficientStorage, DeviceFailed.
  [[nodiscard]] Result<void> copy_to(const std::filesystem::path& directory);
  /// The files of a database that was opened for reading only. Errors: DeviceFailed, Corrupt.
  [[nodiscard]] Result<std::vector<DatabaseFile>> files() const;

  /// The tables' files at this moment, by their names.
  [[nodiscard]] Result<std::vector<LiveTable>> live_tables() const;
  /// Reads the list of all files, as far as it was synced. Errors: Corrupt, DeviceFailed.
  [[nodiscard]] Result<void> check_manifest() const;
  /// Reads all blocks of a file, past the database's own cache. Errors: Corrupt, DeviceFailed, also when
  /// merging has removed it meanwhile.
  [[nodiscard]] Result<void> check_table(const LiveTable& table) const;

 private:
  struct Impl;
  static std::unique_ptr<Impl> make_impl(FileLayer& files, const std::filesystem::path& directory,
                                         Sizes sizes);
  explicit Database(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace vitrine::store
