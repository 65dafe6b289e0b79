// What a Database is made of, for the files that implement it.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/listener.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/log.h"
#include "store/database.h"
#include "store/database_tuning.h"
#include "store/rocksdb_files.h"

namespace vitrine::store {

/// A failure of RocksDB in the product's terms.
std::unexpected<Error> failure(const rocksdb::Status& status);
/// Errors: Unavailable.
std::unexpected<Error> reopening();

inline std::string_view view(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}
inline rocksdb::ReadOptions verified_reads() {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  return options;
}

using Handles = std::array<rocksdb::ColumnFamilyHandle*, kFamilies>;

/// Notices what fails behind the writers' backs. RocksDB would go on after some of it with merging and
/// flushing switched off, until writers wait for ever: here every failure ends all writing.
class FailureWatch final : public rocksdb::EventListener {
 public:
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    if (status->ok()) return;
    *status = rocksdb::Status(*status, rocksdb::Status::Severity::kFatalError);
    failed_.store(true, std::memory_order_release);
    log::error("the metadata store failed in the background", {{"status", status->ToString()}});
  }
  /// RocksDB would wait for room on the disk and then go on by itself.
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool* begins) override {
    *begins = false;
  }
  void fail() { failed_.store(true, std::memory_order_release); }
  [[nodiscard]] bool failed() const { return failed_.load(std::memory_order_acquire); }

 private:
  std::atomic<bool> failed_ = false;
};

/// RocksDB from one opening to its closing.
struct Opened {
  std::shared_ptr<FailureWatch> watch = std::make_shared<FailureWatch>();
  std::unique_ptr<rocksdb::DB> db;
  Handles handles{};
  std::atomic<bool> closing = false;
  bool read_only = false;

  Opened() = default;
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() {
    if (!db) return;
    if (!watch->failed() && !read_only) flush();
    for (auto* handle : handles) (void)db->DestroyColumnFamilyHandle(handle);
    (void)db->Close();
  }

  void flush() const {
    const auto status = db->Flush({}, {handles.begin(), handles.end()});
    if (!status.ok())
      log::warn("memtables were not flushed; the log will be replayed", {{"status", status.ToString()}});
  }
  [[nodiscard]] rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles[static_cast<std::size_t>(family)];
  }
};

/// Cursors that nobody uses at the moment, which a closing may therefore end. Outlives them and the database.
struct RestingCursors {
  std::mutex mutex;
  std::unordered_set<Cursor::Impl*> cursors;

  /// Those that rest let go of the database.
  void end_all();
};

struct Database::Impl {
  FileLayer& files;
  const std::filesystem::path directory;
  const Sizes sizes;
  std::unique_ptr<rocksdb::Env> env;
  /// Outlives every Opened: pinned values lie in it, and RocksDB's blocks know nothing of who read them.
  std::shared_ptr<rocksdb::Cache> cache;
  /// Held for as long as a pointer takes to copy, never while anything is read.
  mutable std::mutex mutex{};
  std::shared_ptr<Opened> opened{};
  std::shared_ptr<RestingCursors> resting = std::make_shared<RestingCursors>();
  std::atomic<bool> merging = sizes.merging;
  /// One rewriting at a time; and the tables that those before it could not make go.
  std::mutex rewriting{};
  std::set<std::string> outlived{};

  [[nodiscard]] rocksdb::DBOptions options() const {
    auto options = database_options(sizes);
    options.env = env.get();
    return options;
  }
  [[nodiscard]] std::vector<rocksdb::ColumnFamilyDescriptor> families() const {
    auto descriptors = family_descriptors(sizes, cache);
    for (auto& descriptor : descriptors) descriptor.options.disable_auto_compactions = !merging;
    return descriptors;
  }
  [[nodiscard]] std::shared_ptr<Opened> current() const {
    std::lock_guard lock(mutex);
    return opened;
  }
  Result<void> check_room() const;
  Result<void> check_log() const;
  /// Names the table that keeps the database from being opened, where RocksDB does not; `otherwise`
  /// when all are whole.
  [[nodiscard]] Error find_damage(Error otherwise) const;
  Result<void> open();
  Result<void> open_read_only();
  void close();
};

}  // namespace vitrine::store
