#include "store/database.h"

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/log.h"
#include "store/database_tuning.h"
#include "store/log_check.h"

namespace vitrine::store {
namespace {

std::string_view view(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

std::unexpected<Error> failure(const rocksdb::Status& status) {
  const auto code = status.IsCorruption()        ? Code::Corrupt
                    : status.IsNoSpace()         ? Code::InsufficientStorage
                    : status.IsInvalidArgument() ? Code::Internal
                                                 : Code::DeviceFailed;
  return fail(code, fmt::format("The metadata store failed: {}. Check the disk and the server's log.",
                                status.ToString()));
}

rocksdb::ReadOptions verified_reads() {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  return options;
}

}  // namespace

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

/// The iterator refers to its bounds by address, so they live in one place, which never moves.
struct Cursor::Impl {
  Impl(std::string_view from, std::string_view to) : from(from), to(to) {}
  std::string from, to;
  rocksdb::Slice from_slice{from}, to_slice{to};
  std::unique_ptr<rocksdb::Iterator> iterator;
};

Cursor::Cursor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Cursor::~Cursor() = default;

void Cursor::seek(std::string_view key) {
  impl_->iterator->Seek(key);
}

void Cursor::seek_back(std::string_view key) {
  impl_->iterator->SeekForPrev(key);
}

void Cursor::next() {
  impl_->iterator->Next();
}

bool Cursor::valid() const {
  return impl_->iterator->Valid();
}

std::string_view Cursor::key() const {
  return view(impl_->iterator->key());
}

std::string_view Cursor::value() const {
  return view(impl_->iterator->value());
}

Result<void> Cursor::status() const {
  const auto status = impl_->iterator->status();
  if (!status.ok()) return failure(status);
  return {};
}

using Handles = std::array<rocksdb::ColumnFamilyHandle*, kFamilies>;

struct Batch::Impl {
  explicit Impl(const Handles& handles) : handles(handles) {}
  const Handles& handles;
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

bool Batch::empty() const {
  return impl_->batch.Count() == 0;
}

struct Database::Impl {
  std::unique_ptr<rocksdb::DB> db;
  Handles handles{};
  bool failed = false;

  [[nodiscard]] rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles[static_cast<std::size_t>(family)];
  }
};

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

namespace {

/// Refuses a log whose replay would drop what was acknowledged. Changes nothing, so that the damage can still
/// be looked at. Errors: Corrupt, DeviceFailed.
Result<void> check_log(const std::filesystem::path& directory, Database::Sizes sizes) {
  const auto behind = TRY(find_batch_behind_damage(directory));
  if (!behind) return {};
  rocksdb::DB* opened = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const auto status = rocksdb::DB::OpenForReadOnly(database_options(sizes), directory.string(),
                                                   family_descriptors(sizes), &handles, &opened);
  const std::unique_ptr<rocksdb::DB> db(opened);
  for (auto* handle : handles) (void)db->DestroyColumnFamilyHandle(handle);
  if (!status.ok() && !status.IsCorruption()) return failure(status);
  if (status.ok() && db->GetLatestSequenceNumber() + 1 >= behind->sequence) return {};
  return fail(
      Code::Corrupt,
      fmt::format("{} is damaged in front of writes that were acknowledged: going on would drop them. "
                  "Restore the data directory from a backup.",
                  behind->damaged.string()));
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& directory, Sizes sizes) {
  TRY(check_log(directory, sizes));
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const auto status = rocksdb::DB::Open(database_options(sizes), directory.string(),
                                        family_descriptors(sizes), &handles, &db);
  if (status.IsIOError() && status.ToString().find("lock") != std::string::npos)
    return fail(Code::Unavailable, fmt::format("{} is in use by another process. Stop it, or choose another "
                                               "directory ({}).",
                                               directory.string(), status.ToString()));
  if (!status.ok()) return failure(status);
  auto impl = std::make_unique<Impl>();
  impl->db.reset(db);
  std::ranges::copy(handles, impl->handles.begin());
  return std::unique_ptr<Database>(new Database(std::move(impl)));
}

Database::~Database() {
  if (!impl_->failed) {
    const auto status = impl_->db->Flush({}, {impl_->handles.begin(), impl_->handles.end()});
    if (!status.ok())
      log::warn("memtables were not flushed; the log will be replayed", {{"status", status.ToString()}});
  }
  for (auto* handle : impl_->handles) (void)impl_->db->DestroyColumnFamilyHandle(handle);
  (void)impl_->db->Close();
}

Result<Pinned> Database::get(Family family, std::string_view key) const {
  auto pinned = std::make_unique<Pinned::Impl>();
  const auto status = impl_->db->Get(verified_reads(), impl_->handle(family), key, &pinned->slice);
  if (!status.ok() && !status.IsNotFound()) return failure(status);
  pinned->found = status.ok();
  return Pinned(std::move(pinned));
}

std::unique_ptr<Cursor> Database::cursor(Family family, std::string_view from, std::string_view to) const {
  auto cursor = std::make_unique<Cursor::Impl>(from, to);
  auto options = verified_reads();
  options.iterate_lower_bound = &cursor->from_slice;
  if (!to.empty()) options.iterate_upper_bound = &cursor->to_slice;
  cursor->iterator.reset(impl_->db->NewIterator(options, impl_->handle(family)));
  return std::make_unique<Cursor>(std::move(cursor));
}

std::unique_ptr<Batch> Database::new_batch() const {
  return std::make_unique<Batch>(std::make_unique<Batch::Impl>(impl_->handles));
}

Result<void> Database::write(Batch& batch) {
  rocksdb::WriteOptions options;
  options.sync = true;
  const auto status = impl_->db->Write(options, &batch.impl_->batch);
  batch.impl_->batch.Clear();
  if (status.ok()) return {};
  impl_->failed = true;
  return failure(status);
}

}  // namespace vitrine::store
