#include "store/database.h"

#include <fmt/format.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>
#include <utility>

#include "base/client_message.h"
#include "store/database_impl.h"
#include "store/log_check.h"
#include "store/manifest.h"

namespace vitrine::store {
namespace {

/// " in 000026.sst", if RocksDB names a table; a missing one it calls by the ending of earlier days.
std::string damaged_table(std::string_view words) {
  for (const auto* ending : {".sst", ".ldb"}) {
    const auto end = words.find(ending);
    if (end == std::string_view::npos) continue;
    const auto front = words.substr(0, end);
    const auto digits = front.substr(front.find_last_not_of("0123456789") + 1);
    if (!digits.empty()) return fmt::format(" in {}.sst", digits);
  }
  return "";
}

/// ": 000026.sst is missing", or in which one the damage is.
std::string kind_of_damage(std::string_view words) {
  auto table = damaged_table(words);
  if (table.empty() || words.find("No such file") == std::string_view::npos) return table;
  return fmt::format(": {} is missing", table.substr(table.rfind(' ') + 1));
}

/// Whether somebody else holds the lock; that its file cannot be opened is something else.
bool is_locked(std::string_view words) {
  return words.find("lock") != std::string_view::npos &&
         words.find("open a file for lock") == std::string_view::npos;
}

}  // namespace

std::unexpected<Error> failure(const rocksdb::Status& status) {
  const auto code = status.IsCorruption()        ? Code::Corrupt
                    : status.IsNoSpace()         ? Code::InsufficientStorage
                    : status.IsInvalidArgument() ? Code::Internal
                                                 : Code::DeviceFailed;
  log::error("the metadata store failed", {{"status", status.ToString()}});
  // Clients get this, too: no paths of the server.
  if (code == Code::Corrupt)
    return fail(code, fmt::format("The server's metadata is damaged{}.", kind_of_damage(status.ToString())));
  if (code == Code::InsufficientStorage)
    return fail(code, fmt::format("The disk is too full for the metadata store: make room ({}).",
                                  without_folders(status.ToString())));
  return fail(code, fmt::format("The metadata store failed: {}. Check the disk and the server's log.",
                                without_folders(status.ToString())));
}

std::unexpected<Error> reopening() {
  return fail(Code::Unavailable,
              "The metadata store is being opened again after a failure of its disk: try "
              "again in a moment.");
}

Family family_of(Table table) {
  return static_cast<Family>(static_cast<std::uint8_t>(table) + 1);
}

struct Pinned::Impl {
  rocksdb::PinnableSlice slice;
  bool found = false;
};

Pinned::Pinned(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Pinned::~Pinned() = default;
Pinned::Pinned(Pinned&&) noexcept = default;
Pinned& Pinned::operator=(Pinned&&) noexcept = default;

bool Pinned::found() const {
  return impl_->found;
}

ConstBytes Pinned::bytes() const {
  return as_bytes(view(impl_->slice));
}

struct Batch::Impl {
  explicit Impl(const Handles& handles) : handles(handles) {}
  const Handles handles;
  rocksdb::WriteBatch batch;

  [[nodiscard]] rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles[static_cast<std::size_t>(family)];
  }
};

Batch::Batch(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Batch::~Batch() = default;

void Batch::put(Family family, std::string_view key, std::initializer_list<std::string_view> parts) {
  constexpr std::size_t kMaxParts = 4;
  std::array<rocksdb::Slice, kMaxParts> slices;
  std::size_t count = 0;
  for (auto part : parts) slices.at(count++) = part;
  const rocksdb::Slice key_slice(key);
  // Fails only beyond a size limit that is not set.
  (void)impl_->batch.Put(impl_->handle(family), rocksdb::SliceParts(&key_slice, 1),
                         rocksdb::SliceParts(slices.data(), static_cast<int>(count)));
}

void Batch::erase(Family family, std::string_view key) {
  (void)impl_->batch.Delete(impl_->handle(family), key);
}

void Batch::erase_range(Family family, std::string_view from, std::string_view to) {
  (void)impl_->batch.DeleteRange(impl_->handle(family), from, to);
}

bool Batch::empty() const {
  return impl_->batch.Count() == 0;
}

/// Refuses a log whose replay would drop what was acknowledged. Changes nothing, so that the damage can still
/// be looked at. Errors: Corrupt, DeviceFailed.
Result<void> Database::Impl::check_log() const {
  const auto behind = TRY(find_batch_behind_damage(files, directory));
  if (!behind) return {};
  rocksdb::DB* opened = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const auto status =
      rocksdb::DB::OpenForReadOnly(options(), directory.string(), families(), &handles, &opened);
  const std::unique_ptr<rocksdb::DB> db(opened);
  for (auto* handle : handles) (void)db->DestroyColumnFamilyHandle(handle);
  if (!status.ok() && !status.IsCorruption()) return failure(status);
  const bool reaches = status.ok() && db->GetLatestSequenceNumber() + 1 >= behind->sequence;
  if (reaches && !behind->is_passed_over) return {};
  return fail(
      Code::Corrupt,
      fmt::format("{} is damaged in front of writes that were acknowledged: going on would drop them. "
                  "Restore the data directory from a backup.",
                  behind->damaged.string()));
}

/// RocksDB 7.8.3 ends the program when there is no room for the first bytes that opening writes.
Result<void> Database::Impl::check_room() const {
  constexpr std::uint64_t kLeast = 1 << 20;
  const auto room = TRY(files.free_room(directory.parent_path()));
  if (room >= kLeast) return {};
  return fail(
      Code::InsufficientStorage,
      fmt::format("The disk is too full to open the metadata store: {} bytes are free and at least {} "
                  "are needed. Make room; nothing is lost.",
                  room, kLeast));
}

Result<void> Database::Impl::open() {
  TRY(check_room());
  // RocksDB would make it, but call it an error that it was not there.
  TRY(files.make_directory(directory));
  TRY(cut_torn_manifest(files, directory));
  TRY(check_log());
  auto made = std::make_shared<Opened>();
  auto with_watch = options();
  with_watch.listeners.push_back(made->watch);
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const auto status = rocksdb::DB::Open(with_watch, directory.string(), families(), &handles, &db);
  if (status.IsIOError() && is_locked(status.ToString()))
    return fail(Code::Unavailable, fmt::format("{} is in use by another process. Stop it, or choose another "
                                               "directory ({}).",
                                               directory.string(), status.ToString()));
  if (status.IsCorruption() && damaged_table(status.ToString()).empty()) {
    const auto words = without_folders(status.ToString());
    const Error damaged{
        Code::Corrupt,
        fmt::format("The metadata store is damaged: {}. Restore the data directory from a backup.", words),
        {}};
    // RocksDB names the manifest also for damage in a table that it opens on the manifest's behalf.
    const bool is_manifest = words.contains("MANIFEST-") && !store::check_manifest(files, directory);
    return std::unexpected(is_manifest ? damaged : find_damage(damaged));
  }
  if (!status.ok()) return failure(status);
  made->db.reset(db);
  std::ranges::copy(handles, made->handles.begin());
  std::lock_guard lock(mutex);
  opened = std::move(made);
  return {};
}

void Database::Impl::close() {
  constexpr std::chrono::milliseconds kLookAgain{1};
  std::shared_ptr<Opened> last;
  {
    std::lock_guard lock(mutex);
    last = std::exchange(opened, nullptr);
  }
  if (!last) return;
  last->closing.store(true, std::memory_order_release);
  resting->end_all();
  // Those who read at this moment, and cursors until they are moved or rest.
  while (last.use_count() > 1) std::this_thread::sleep_for(kLookAgain);
}

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::~Database() = default;

std::unique_ptr<Database::Impl> Database::make_impl(FileLayer& files, const std::filesystem::path& directory,
                                                    Sizes sizes) {
  return std::make_unique<Impl>(files, directory, sizes, make_env(files, directory),
                                rocksdb::NewLRUCache(sizes.cache_bytes));
}

Result<std::unique_ptr<Database>> Database::open(FileLayer& files, const std::filesystem::path& directory,
                                                 Sizes sizes) {
  auto impl = make_impl(files, directory, sizes);
  TRY(impl->open());
  return std::unique_ptr<Database>(new Database(std::move(impl)));
}

Result<void> Database::reopen() {
  impl_->close();
  return impl_->open();
}

void Database::set_merging(bool on) {
  if (impl_->merging.exchange(on) == on) return;
  const auto opened = impl_->current();
  if (!opened) return;
  for (auto* handle : opened->handles) {
    // Fails also when only the file of the options finds no room, which is made at each opening.
    const auto status = opened->db->SetOptions(handle, {{"disable_auto_compactions", on ? "false" : "true"}});
    if (opened->db->GetOptions(handle).disable_auto_compactions == on)
      log::warn("the merging of tables was not switched", {{"status", status.ToString()}});
  }
}

bool Database::failed() const {
  const auto opened = impl_->current();
  return !opened || opened->watch->failed();
}

Result<Pinned> Database::get(Family family, std::string_view key) const {
  auto pinned = std::make_unique<Pinned::Impl>();
  const auto opened = impl_->current();
  if (!opened) return reopening();
  const auto status = opened->db->Get(verified_reads(), opened->handle(family), key, &pinned->slice);
  if (!status.ok() && !status.IsNotFound()) return failure(status);
  pinned->found = status.ok();
  return Pinned(std::move(pinned));
}

std::unique_ptr<Batch> Database::new_batch() const {
  const auto opened = impl_->current();
  return std::make_unique<Batch>(std::make_unique<Batch::Impl>(opened ? opened->handles : Handles{}));
}

Result<void> Database::write(Batch& batch) {
  const auto opened = impl_->current();
  if (!opened) return reopening();
  rocksdb::WriteOptions options;
  options.sync = true;
  const auto status = opened->db->Write(options, &batch.impl_->batch);
  batch.impl_->batch.Clear();
  if (status.ok()) return {};
  opened->watch->fail();
  return failure(status);
}

}  // namespace vitrine::store
