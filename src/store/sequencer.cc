#include "store/sequencer.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "store/encoding.h"

namespace vitrine::store {
namespace {

constexpr std::string_view kVersionKey = "version";
constexpr std::size_t kCountersKept = 16 << 10;

std::unexpected<Error> changed_meanwhile() {
  return fail(Code::StateChanged, "What this decision relied on has changed meanwhile: decide again.");
}

std::int64_t saturating_sum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

/// The slots lie one after the other, so two seeks find the end of each.
Result<std::map<std::uint32_t, std::uint64_t>> load_journal_sizes(const Database& database) {
  std::map<std::uint32_t, std::uint64_t> sizes;
  const auto cursor = database.cursor(Family::Journal, {}, {});
  for (cursor->seek({}); cursor->valid();) {
    const auto slot = TRY(read_journal_key(as_bytes(cursor->key()))).slot;
    const auto end = journal_key(slot, std::numeric_limits<std::uint64_t>::max());
    cursor->seek_back(as_text(end));
    if (!cursor->valid()) break;
    sizes[slot] = TRY(read_journal_key(as_bytes(cursor->key()))).index + 1;
    cursor->next();
  }
  TRY(cursor->status());
  return sizes;
}

}  // namespace

Sequencer::Sequencer(Database& database, Version version, std::map<std::uint32_t, std::uint64_t> sizes)
    : database_(database),
      batch_(database.new_batch()),
      changes_(version),
      last_(version),
      sizes_(sizes.begin(), sizes.end()),
      visible_(version),
      published_sizes_(std::move(sizes)) {}

Result<std::unique_ptr<Sequencer>> Sequencer::open(Database& database) {
  const auto stored = TRY(database.get(Family::Meta, kVersionKey));
  const auto version = stored.found() ? TRY(read_integer(stored.bytes())) : 0;
  auto sizes = TRY(load_journal_sizes(database));
  return std::unique_ptr<Sequencer>(new Sequencer(database, version, std::move(sizes)));
}

Result<Position> Sequencer::admit(const Commit& commit) {
  for (const auto& guard : commit.guards)
    if (!TRY(holds(guard))) return changed_meanwhile();
  for (const auto& untouched : commit.untouched)
    if (!changes_.unchanged_since(hash_of(untouched.name.table, untouched.name.bytes), untouched.since))
      return changed_meanwhile();
  TRY(load_counters(commit));

  // Nothing fails from here on, so a commit is in the round whole or not at all.
  ++last_;
  for (const auto& write : commit.writes) stage(write);
  for (const auto& name : commit.touches) changes_.changed(hash_of(name.table, name.bytes), last_);
  for (const auto& delta : commit.deltas) stage(delta);
  for (const auto& segment : commit.adopts) stage(segment);
  Position position{.journal_indexes = {}, .version = last_};
  position.journal_indexes.reserve(commit.records.size());
  for (const auto& record : commit.records) position.journal_indexes.push_back(stage(record));
  return position;
}

Result<bool> Sequencer::holds(const Guard& guard) {
  // A key that was not touched since the guard's entry was read, or written, is still as it was then. The
  // table knows this round's changes too.
  const auto hash = hash_of(guard.key.table, guard.key.bytes);
  const auto known_at = std::max(guard.read_at, guard.version);
  if (known_at != 0 && changes_.unchanged_since(hash, known_at)) return true;

  const auto written = written_.find({guard.key.table, guard.key.bytes});
  if (written != written_.end()) return written->second == guard.version;

  guard_reads_.fetch_add(1, std::memory_order_relaxed);
  const auto stored = TRY(database_.get(family_of(guard.key.table), guard.key.bytes));
  const auto version = stored.found() ? TRY(read_versioned(stored.bytes())).version : 0;
  return version == guard.version;
}

Result<void> Sequencer::load_counters(const Commit& commit) {
  for (const auto& delta : commit.deltas) {
    if (counters_.contains(delta.key)) continue;
    const auto stored = TRY(database_.get(Family::Counters, delta.key));
    const auto sum = stored.found() ? TRY(read_integer(stored.bytes())) : 0;
    counters_.emplace(delta.key, static_cast<std::int64_t>(sum));
  }
  return {};
}

void Sequencer::stage(const Write& write) {
  const auto version = write.value ? last_ : 0;
  const auto family = family_of(write.key.table);
  if (write.value)
    batch_->put(family, write.key.bytes, {as_text(store_integer(version)), *write.value});
  else
    batch_->erase(family, write.key.bytes);
  changes_.changed(hash_of(write.key.table, write.key.bytes), last_);
  written_.insert_or_assign({write.key.table, write.key.bytes}, version);
}

void Sequencer::stage(const CounterDelta& delta) {
  auto& sum = counters_.find(delta.key)->second;
  sum = saturating_sum(sum, delta.amount);
  changed_counters_.push_back(delta.key);
}

void Sequencer::stage(const Segment& segment) {
  const SegmentRow row{segment.location_, segment.length_, segment.digest_, segment.epoch_};
  batch_->put(Family::Segments, as_text(segment.id()), {as_text(store_segment_row(row))});
}

std::uint64_t Sequencer::stage(const JournalRecord& record) {
  const auto index = sizes_[record.slot]++;
  batch_->put(Family::Journal, as_text(journal_key(record.slot, index)),
              {as_text(record.leaf), record.bytes});
  grown_.push_back(record.slot);
  return index;
}

Result<void> Sequencer::write() {
  if (last_ == visible_.load(std::memory_order_relaxed)) return {};
  std::ranges::sort(changed_counters_);
  const auto repeated = std::ranges::unique(changed_counters_);
  changed_counters_.erase(repeated.begin(), repeated.end());
  for (auto key : changed_counters_) {
    const auto sum = static_cast<std::uint64_t>(counters_.find(std::string(key))->second);
    if (sum == 0)
      batch_->erase(Family::Counters, key);
    else
      batch_->put(Family::Counters, key, {as_text(store_integer(sum))});
  }
  batch_->put(Family::Meta, kVersionKey, {as_text(store_integer(last_))});
  TRY(database_.write(*batch_));

  {
    std::lock_guard lock(published_mutex_);
    for (auto slot : grown_) published_sizes_[slot] = sizes_[slot];
  }
  visible_.store(last_, std::memory_order_release);
  written_.clear();
  grown_.clear();
  changed_counters_.clear();
  if (counters_.size() > kCountersKept) counters_.clear();
  return {};
}

std::uint64_t Sequencer::journal_size(std::uint32_t slot) const {
  std::lock_guard lock(published_mutex_);
  const auto found = published_sizes_.find(slot);
  return found == published_sizes_.end() ? 0 : found->second;
}

std::vector<JournalSize> Sequencer::journal_sizes() const {
  std::lock_guard lock(published_mutex_);
  std::vector<JournalSize> sizes;
  sizes.reserve(published_sizes_.size());
  for (auto [slot, size] : published_sizes_) sizes.push_back({slot, size});
  return sizes;
}

}  // namespace vitrine::store
