#include "store/sequencer.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/saturating.h"
#include "store/frames.h"

namespace vitrine::store {
namespace {

constexpr std::string_view kVersionKey = "version";
constexpr std::size_t kCountersKept = 16 << 10;
constexpr std::size_t kFoundKept = 4 << 10;

std::unexpected<Error> changed_meanwhile() {
  return fail(Code::StateChanged, "What this decision relied on has changed meanwhile: decide again.");
}

}  // namespace

Result<Version> stored_version(const Database& database) {
  const auto stored = TRY(database.get(Family::Meta, kVersionKey));
  if (!stored.found()) return Version{0};
  return read_integer(stored.bytes());
}

Result<std::unique_ptr<Sequencer>> Sequencer::open(Database& database, Garbage& garbage) {
  std::unique_ptr<Sequencer> sequencer(new Sequencer(database, garbage));
  TRY(sequencer->recover());
  return sequencer;
}

/// Nobody knows whether a round that failed last took effect: what it put to use is not given away.
Sequencer::~Sequencer() {
  for (const auto& room : adopting_) room->adopted();
}

Result<void> Sequencer::recover() {
  const auto version = TRY(stored_version(database_));
  if (version < visible_.load(std::memory_order_relaxed))
    return fail(Code::Corrupt,
                fmt::format("The disk lost commits that it had acknowledged: {} are there, {} were durable. "
                            "Restore the data directory from a backup.",
                            version, visible_.load(std::memory_order_relaxed)));
  TRY(journals_.load(database_));

  if (version != last_) {  // the last round did not take effect
    freed_.clear();
    adopting_.clear();
  }
  batch_ = database_.new_batch();
  changes_.reset(version);
  found_.clear();
  last_ = version;
  counters_.clear();
  end_round();
  return {};
}

Result<Position> Sequencer::admit(const Commit& commit) {
  for (const auto& guard : commit.guards)
    if (!TRY(holds(guard))) return changed_meanwhile();
  for (const auto& untouched : commit.untouched)
    if (!changes_.unchanged_since(hash_of(untouched.name.table, untouched.name.bytes), untouched.since))
      return changed_meanwhile();
  for (const auto& trim : commit.trims) TRY(journals_.check(trim));
  for (const auto& rewrite : commit.rewrites) TRY(journals_.check(rewrite));
  TRY(load(commit));

  // Nothing fails from here on, so a commit is in the round whole or not at all.
  ++last_;
  for (const auto& write : commit.writes) stage(write);
  for (const auto& name : commit.touches) changes_.changed(hash_of(name.table, name.bytes), last_);
  for (const auto& delta : commit.deltas) add(delta.key, delta.amount);
  for (const auto& segment : commit.adopts) stage(segment);
  for (const auto& body : commit.shares) add(holders_key(body), 1);
  for (const auto& body : commit.releases) release(body);
  for (const auto& move : commit.moves) stage(move);
  for (const auto& trim : commit.trims) journals_.stage(trim, *batch_);
  for (const auto& rewrite : commit.rewrites) journals_.stage(rewrite, *batch_);
  Position position{.journal_indexes = {}, .version = last_};
  position.journal_indexes.reserve(commit.records.size());
  for (const auto& record : commit.records)
    position.journal_indexes.push_back(journals_.stage(record, *batch_));
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

  return TRY(version_of(guard.key, hash)) == guard.version;
}

/// Of a key that this round has not written. What every operation relies on and hardly any changes, such as
/// an account's standing, is read once and not for each.
Result<Version> Sequencer::version_of(const Key& key, std::uint64_t hash) {
  auto found = found_.find(key);
  if (found == found_.end() || !changes_.unchanged_since(hash, found->second.at)) {
    guard_reads_.fetch_add(1, std::memory_order_relaxed);
    const auto stored = TRY(database_.get(family_of(key.table), key.bytes));
    const auto version = stored.found() ? TRY(read_versioned(stored.bytes())).version : Version{0};
    if (found_.size() == kFoundKept) found_.clear();
    found = found_.insert_or_assign(key, FoundVersion{version, last_}).first;
  }
  found->second.at = last_;
  return found->second.version;
}

/// What staging looks at, so that it need not fail.
Result<void> Sequencer::load(const Commit& commit) {
  for (const auto& delta : commit.deltas) TRY(load_counter(delta.key));
  for (const auto& segment : commit.adopts) TRY(load_counter(live_key(segment.location_.extent)));
  for (const auto& body : commit.shares) TRY(load_counter(holders_key(body)));
  for (const auto& body : commit.releases) TRY(load_body(body));
  for (const auto& move : commit.moves) {
    TRY(load_segment(move.id_));
    TRY(load_counter(live_key(move.to_.extent)));
  }
  return {};
}

Result<void> Sequencer::load_counter(const std::string& key) {
  if (counters_.contains(key)) return {};
  const auto stored = TRY(database_.get(Family::Counters, key));
  const auto sum = stored.found() ? TRY(read_integer(stored.bytes())) : 0;
  counters_.emplace(key, static_cast<std::int64_t>(sum));
  return {};
}

Result<void> Sequencer::load_body(const BodyRef& body) {
  TRY(load_counter(holders_key(body)));
  const auto* id = std::get_if<SegmentId>(&body);
  return id ? load_segment(*id) : Result<void>{};
}

Result<void> Sequencer::load_segment(const SegmentId& id) {
  auto known = segments_.find(id);
  if (known == segments_.end()) {
    const auto stored = TRY(database_.get(Family::Segments, as_text(id)));
    std::optional<SegmentRow> row;
    if (stored.found()) row = TRY(read_segment_row(stored.bytes()));
    known = segments_.emplace(id, row).first;
  }
  if (known->second) TRY(load_counter(live_key(known->second->location.extent)));
  return {};
}

void Sequencer::stage(const Write& write) {
  if (!write.value) return erase(write.key.table, write.key.bytes);
  batch_->put(family_of(write.key.table), write.key.bytes, {as_text(store_integer(last_)), *write.value});
  changed(write.key.table, write.key.bytes, last_);
}

void Sequencer::erase(Table table, std::string_view key) {
  batch_->erase(family_of(table), key);
  changed(table, key, 0);
}

void Sequencer::changed(Table table, std::string_view key, Version version) {
  changes_.changed(hash_of(table, key), last_);
  written_.insert_or_assign({table, key}, version);
}

void Sequencer::add(const std::string& counter, std::int64_t amount) {
  auto& [key, sum] = *counters_.find(counter);
  sum = saturating_add(sum, amount);
  changed_counters_.push_back(key);
}

void Sequencer::stage(const Segment& segment) {
  const SegmentRow row{segment.location_, segment.length_, segment.digest_, segment.epoch_, segment.owner_};
  put(segment.id(), row);
  if (segment.room_) adopting_.push_back(segment.room_);
}

void Sequencer::put(const SegmentId& id, const SegmentRow& row) {
  batch_->put(Family::Segments, as_text(id), {as_text(store_segment_row(row))});
  segments_.insert_or_assign(id, row);
  if (row.length == 0) return;
  add(live_key(row.location.extent), static_cast<std::int64_t>(stored_length(row.length)));
}

void Sequencer::stage(const SegmentMove& move) {
  const auto row = segments_.find(move.id_)->second;
  if (!row || row->location != move.from_) return;
  release(move.id_);
  auto moved = *row;
  moved.location = move.to_;
  put(move.id_, moved);
  adopting_.push_back(move.room_);
}

void Sequencer::release(const BodyRef& body) {
  const auto holders = holders_key(body);
  if (counters_.find(holders)->second > 0) return add(holders, -1);
  if (const auto* id = std::get_if<SegmentId>(&body)) return release(*id);
  erase(Table::Bodies, std::get<std::string>(body));
}

void Sequencer::release(const SegmentId& id) {
  auto& row = segments_.find(id)->second;
  if (!row) return;
  batch_->erase(Family::Segments, as_text(id));
  if (row->length != 0) {
    freed_.push_back({row->location, stored_length(row->length)});
    add(live_key(row->location.extent), -static_cast<std::int64_t>(stored_length(row->length)));
  }
  row.reset();
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

  end_round();
  if (counters_.size() > kCountersKept) counters_.clear();
  return {};
}

Scanner Sequencer::scan(Table table, std::string_view from, std::string_view to) const {
  // Read before the scanner exists: it then sees at least the commits up to this one.
  const auto read_at = version();
  return {database_.cursor(family_of(table), from, to), read_at};
}

std::optional<Version> Sequencer::unchanged_since(const Key& key, Version since) const {
  // First: it makes all changes up to this version known here. Those of the round under way may be, too.
  const auto now = version();
  if (!changes_.unchanged_since(hash_of(key.table, key.bytes), since)) return std::nullopt;
  return std::max(now, since);
}

/// The round is durable.
void Sequencer::end_round() {
  journals_.publish();
  visible_.store(last_, std::memory_order_release);
  garbage_.add(freed_);
  freed_.clear();
  for (const auto& room : adopting_) room->adopted();
  adopting_.clear();
  segments_.clear();
  written_.clear();
  changed_counters_.clear();
}

}  // namespace vitrine::store
