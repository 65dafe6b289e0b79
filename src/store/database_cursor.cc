// Walking the tables.
#include <algorithm>
#include <utility>

#include "store/database_impl.h"

namespace vitrine::store {
namespace {

/// Looking for erased ranges, RocksDB 7.8.3 passes in silence over a file of a lower level whose first block
/// is damaged (https://github.com/facebook/rocksdb/pull/11782). A journal knows itself what it lacks.
bool has_erased_ranges(Family family) {
  return family == Family::Journal;
}

}  // namespace

/// The iterator refers to its bounds by address, so they live in one place, which never moves.
struct Cursor::Impl {
  Impl(std::string_view from, std::string_view to) : from(from), to(to) {}
  std::string from, to;
  rocksdb::Slice from_slice{from}, to_slice{to};
  /// Null from the moment on that the cursor was found to be ended.
  std::shared_ptr<const Opened> opened;
  std::unique_ptr<rocksdb::Iterator> iterator;
  std::shared_ptr<RestingCursors> resting;
  bool rests = false;

  void end() {
    iterator.reset();
    opened.reset();
  }
  /// Lets go of the database if that is to be closed.
  [[nodiscard]] bool is_ended() {
    wake();
    if (opened && opened->closing.load(std::memory_order_acquire)) end();
    return !opened;
  }
  void rest() {
    if (std::exchange(rests, true)) return;
    std::lock_guard lock(resting->mutex);
    // Whoever closes looks at those that rest after it has said so.
    if (opened && opened->closing.load(std::memory_order_acquire)) end();
    resting->cursors.insert(this);
  }
  void wake() {
    if (!std::exchange(rests, false)) return;
    std::lock_guard lock(resting->mutex);
    resting->cursors.erase(this);
  }
};

void RestingCursors::end_all() {
  std::lock_guard lock(mutex);
  for (auto* cursor : cursors) cursor->end();
}

Cursor::Cursor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Cursor::~Cursor() {
  impl_->wake();
}

void Cursor::rest() {
  impl_->rest();
}

void Cursor::seek(std::string_view key) {
  if (!impl_->is_ended()) impl_->iterator->Seek(key);
}

void Cursor::seek_back(std::string_view key) {
  if (!impl_->is_ended()) impl_->iterator->SeekForPrev(key);
}

void Cursor::next() {
  if (!impl_->is_ended()) impl_->iterator->Next();
}

bool Cursor::valid() const {
  return impl_->iterator && impl_->iterator->Valid();
}

std::string_view Cursor::key() const {
  return view(impl_->iterator->key());
}

std::string_view Cursor::value() const {
  return view(impl_->iterator->value());
}

Result<void> Cursor::status() const {
  if (!impl_->iterator) return reopening();
  const auto status = impl_->iterator->status();
  if (!status.ok()) return failure(status);
  return {};
}

std::unique_ptr<Cursor> Database::cursor(Family family, std::string_view from, std::string_view to) const {
  auto cursor = std::make_unique<Cursor::Impl>(from, to);
  cursor->resting = impl_->resting;
  auto options = verified_reads();
  options.iterate_lower_bound = &cursor->from_slice;
  if (!to.empty()) options.iterate_upper_bound = &cursor->to_slice;
  options.ignore_range_deletions = !has_erased_ranges(family);
  cursor->opened = impl_->current();
  if (cursor->opened)
    cursor->iterator.reset(cursor->opened->db->NewIterator(options, cursor->opened->handle(family)));
  return std::make_unique<Cursor>(std::move(cursor));
}

Result<std::vector<std::unique_ptr<Cursor>>> Database::cursors(std::span<const Family> families) const {
  const auto opened = impl_->current();
  if (!opened) return reopening();
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  for (auto family : families) handles.push_back(opened->handle(family));
  auto options = verified_reads();
  options.ignore_range_deletions = std::ranges::none_of(families, has_erased_ranges);
  options.fill_cache = false;  // they are walked from one end to the other
  // Until all hold their files, merging must not drop what is visible at this moment. Afterwards it may: a
  // snapshot that lived on would keep earlier values in files that are written anew.
  const auto release = [&](const rocksdb::Snapshot* held) { opened->db->ReleaseSnapshot(held); };
  const std::unique_ptr<const rocksdb::Snapshot, decltype(release)> moment(opened->db->GetSnapshot(),
                                                                           release);
  auto at_moment = options;
  at_moment.snapshot = moment.get();
  std::vector<rocksdb::Iterator*> iterators;
  const auto status = opened->db->NewIterators(at_moment, handles, &iterators);
  if (!status.ok()) return failure(status);
  std::vector<std::unique_ptr<Cursor>> cursors;
  for (auto* iterator : iterators) {
    auto cursor = std::make_unique<Cursor::Impl>("", "");
    cursor->resting = impl_->resting;
    cursor->opened = opened;
    cursor->iterator.reset(iterator);
    cursors.push_back(std::make_unique<Cursor>(std::move(cursor)));
  }
  for (const auto& cursor : cursors) cursor->rest();
  return cursors;
}

}  // namespace vitrine::store
