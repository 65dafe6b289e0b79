#include "store/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "store/blocking_pool.h"
#include "store/committer.h"
#include "store/compactor.h"
#include "store/database.h"
#include "store/encoding.h"
#include "store/extent_directories.h"
#include "store/extent_set.h"
#include "store/garbage.h"
#include "store/holders_check.h"
#include "store/journals.h"
#include "store/key_range.h"
#include "store/reclaimer.h"
#include "store/room_watch.h"
#include "store/sequencer.h"

namespace vitrine::store {
namespace {

constexpr std::string_view kFormatKey = "format";
constexpr std::uint64_t kFormat = 1;
/// The directory of a FrozenStore.
constexpr const char* kFrozen = "frozen";

Result<void> check_format(Database& database) {
  const auto stored = TRY(database.get(Family::Meta, kFormatKey));
  if (!stored.found()) {
    const auto batch = database.new_batch();
    batch->put(Family::Meta, kFormatKey, {as_text(store_integer(kFormat))});
    return database.write(*batch);
  }
  const auto format = TRY(read_integer(stored.bytes()));
  if (format != kFormat)
    return fail(Code::Unavailable,
                fmt::format("The store has format {}, this program reads format {}: use the "
                            "version of the program that wrote it.",
                            format, kFormat));
  return {};
}

/// Whether a file can be made, written and synced. Errors: InsufficientStorage, DeviceFailed.
Result<void> try_disk(FileLayer& files, const std::filesystem::path& directory) {
  const auto path = directory / "disk-test";
  if (TRY(files.status(path))) TRY(files.remove(path));
  const auto file = TRY(files.create(path));
  TRY(file->write_at(0, Bytes(4096)));
  TRY(file->sync());
  return files.remove(path);
}

std::unexpected<Error> missing_segment() {
  return fail(Code::Corrupt, "A body's segment is missing. Restore the data directory from a backup.");
}

}  // namespace

/// In the order in which they are built; each uses only those before it.
struct Store::Parts {
  Options options;
  std::unique_ptr<RoomWatch> room;
  std::unique_ptr<Database> database;
  std::vector<OwnDirectory> extent_directories;
  std::unique_ptr<ExtentSet> extents;
  ReadPins pins;
  std::shared_ptr<Garbage> garbage = std::make_shared<Garbage>();
  std::unique_ptr<BlockingPool> pool;
  std::unique_ptr<Reclaimer> reclaimer;
  std::unique_ptr<Sequencer> sequencer;
  std::mutex refresh_mutex;
  std::function<Result<void>()> refresh;
  std::unique_ptr<Committer> committer;
  std::unique_ptr<Compactor> compactor;
  FreezePlace frozen;

  Result<void> recover();
};

Result<void> Store::Parts::recover() {
  // Opening needs room for what the log holds.
  room->look();
  // As long as the disk takes nothing, the tables stay open for reads.
  TRY(try_disk(*options.files, options.directory));
  TRY(database->reopen());
  TRY(sequencer->recover());
  std::lock_guard lock(refresh_mutex);
  return refresh ? refresh() : Result<void>{};
}

PinnedBody::PinnedBody(std::unique_ptr<Pinned> value) : value_(std::move(value)) {}
PinnedBody::~PinnedBody() = default;
PinnedBody::PinnedBody(PinnedBody&&) noexcept = default;
PinnedBody& PinnedBody::operator=(PinnedBody&&) noexcept = default;

bool PinnedBody::exists() const {
  return value_->found();
}

ConstBytes PinnedBody::bytes(ReadAccess) const {
  return value_->bytes().subspan(sizeof(Version));
}

ConstBytes PinnedBody::bytes(VerdictAccess) const {
  return value_->bytes().subspan(sizeof(Version));
}

Store::Store(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(Options options) {
  if (options.extent_directories.empty()) options.extent_directories = {options.directory / "extents"};
  auto parts = std::make_unique<Parts>();
  // Emptying the memtables takes so much before the log goes.
  if (options.reserve_bytes != 0)
    options.reserve_bytes = std::max<std::uint64_t>(options.reserve_bytes, 2 * options.write_buffer_bytes);
  parts->options = options;
  TRY(options.files->make_directory(options.directory));
  parts->room = std::make_unique<RoomWatch>(*options.files, options.directory, options.reserve_bytes,
                                            [parts = parts.get()](bool merging) {
                                              if (parts->database) parts->database->set_merging(merging);
                                            });
  parts->room->look();
  parts->database = TRY(Database::open(*options.files, options.directory / "metadata",
                                       {.cache_bytes = options.cache_bytes,
                                        .write_buffer_bytes = options.write_buffer_bytes,
                                        .merging = parts->room->merges()}));
  TRY(check_format(*parts->database));
  parts->frozen.directory = options.directory / kFrozen;
  TRY(parts->frozen.clear(*options.files));
  parts->extent_directories =
      TRY(own_extent_directories(*options.files, *parts->database, options.extent_directories));
  parts->extents = TRY(ExtentSet::open(
      *options.files,
      {options.extent_directories, options.extent_bytes, RoomWatch::enough_beside(options.reserve_bytes)},
      TRY(live_extents(*parts->database))));
  parts->pool = std::make_unique<BlockingPool>(options.blocking_threads);
  parts->reclaimer =
      std::make_unique<Reclaimer>(*parts->database, *parts->extents, *parts->garbage, parts->pins);
  parts->sequencer = TRY(Sequencer::open(*parts->database, *parts->garbage));
  parts->committer = std::make_unique<Committer>(
      *parts->sequencer, *parts->room, Committer::Bounds{options.queue_commits, options.queue_bytes},
      [parts = parts.get()] { return parts->recover(); });
  parts->compactor = std::make_unique<Compactor>(
      *parts->database, *parts->extents, *parts->committer, parts->garbage, parts->pins,
      Compactor::Settings{.pause = options.compaction_pause,
                          .bytes_per_second = options.compaction_bytes_per_second,
                          .extent_bytes = options.extent_bytes});
  return std::unique_ptr<Store>(new Store(std::move(parts)));
}

Result<Entry> Store::look_up(const Key& key) const {
  TRY(check_readable(key.table));
  Entry entry{.key = key.bytes, .version = 0, .read_at = version(), .value = {}};
  const auto stored = TRY(parts_->database->get(family_of(key.table), key.bytes));
  if (!stored.found()) return entry;
  const auto value = TRY(read_versioned(stored.bytes()));
  entry.version = value.version;
  entry.value = value.value;
  return entry;
}

std::optional<Version> Store::unchanged_since(const Key& key, Version since) const {
  return parts_->sequencer->unchanged_since(key, since);
}

Result<Scanner> Store::scanner(Table table, std::string_view from, std::string_view to) const {
  TRY(check_readable(table));
  return parts_->sequencer->scan(table, from, to);
}

Result<std::vector<Entry>> Store::scan(Table table, std::string_view from, std::string_view to,
                                       std::size_t limit) const {
  auto scanner = TRY(this->scanner(table, from, to));
  std::vector<Entry> entries;
  while (entries.size() < limit) {
    const auto entry = TRY(scanner.next());
    if (!entry) break;
    entries.push_back(
        {std::string(entry->key), entry->version, scanner.read_at(), std::string(entry->value)});
  }
  return entries;
}

Task<Result<Position>> Store::commit(CommitAccess, Commit commit) {
  return parts_->committer->commit(std::move(commit));
}

Result<void> Store::takes_commits() const {
  return parts_->committer->takes_commits();
}

Result<void> Store::has_room() const {
  return parts_->room->check();
}

void Store::when_recovered(std::function<Result<void>()> refresh) {
  std::lock_guard lock(parts_->refresh_mutex);
  parts_->refresh = std::move(refresh);
}

Result<std::int64_t> Store::counter(std::string_view key) const {
  const auto stored = TRY(parts_->database->get(Family::Counters, key));
  return stored.found() ? static_cast<std::int64_t>(TRY(read_integer(stored.bytes()))) : 0;
}

Result<std::vector<std::pair<std::string, std::int64_t>>> Store::counters(std::string_view prefix) const {
  std::vector<std::pair<std::string, std::int64_t>> sums;
  const auto cursor =
      parts_->database->cursor(Family::Counters, prefix, key_after_prefix(std::string(prefix)));
  for (cursor->seek(prefix); cursor->valid(); cursor->next()) {
    const auto sum = TRY(read_integer(as_bytes(cursor->value())));
    sums.emplace_back(cursor->key(), static_cast<std::int64_t>(sum));
  }
  TRY(cursor->status());
  return sums;
}

Result<PinnedBody> Store::fetch_body(std::string_view key) const {
  auto pinned = TRY(parts_->database->get(Family::Bodies, key));
  if (pinned.found()) (void)TRY(read_versioned(pinned.bytes()));
  return PinnedBody(std::make_unique<Pinned>(std::move(pinned)));
}

std::size_t Store::inline_threshold() const {
  return parts_->options.inline_threshold;
}

std::unique_ptr<SegmentWriter> Store::new_segment(const keys::DataKey& key,
                                                  std::optional<std::uint64_t> known_length) {
  return std::make_unique<SegmentWriter>(*parts_->extents, *parts_->pool, parts_->garbage, key, known_length);
}

Result<std::uint64_t> Store::segment_length(const SegmentId& id) const {
  const auto segment = TRY(place(id));
  if (!segment) return missing_segment();
  return segment->length;
}

ReadPin Store::pin() const {
  return parts_->pins.pin();
}

ReadPins& Store::pins() {
  return parts_->pins;
}

Task<Result<void>> Store::erase_traces(Table table, std::string from, std::string to) {
  auto erase = [parts = parts_.get(), table, from = std::move(from), to = std::move(to)]() -> Result<void> {
    TRY(parts->database->rewrite(family_of(table), from, to));
    return parts->frozen.holds_nothing(*parts->options.files);
  };
  auto erasing = parts_->pool->start(std::move(erase));
  co_return co_await erasing.wait();
}

Task<Result<void>> Store::erase_journal_traces(std::uint32_t slot, std::uint64_t first, std::uint64_t last) {
  return erase_traces(Table::Journal, std::string(as_text(journal_key(slot, first))),
                      std::string(as_text(journal_key(slot, last))));
}

std::uint64_t Store::reclaim() {
  return parts_->reclaimer->reclaim();
}

Result<Compaction> Store::compact() {
  return parts_->compactor->compact();
}

Result<std::optional<PlacedSegment>> Store::place(const SegmentId& id) const {
  const auto stored = TRY(parts_->database->get(Family::Segments, as_text(id)));
  if (!stored.found()) return std::nullopt;
  const auto row = TRY(read_segment_row(stored.bytes()));
  return PlacedSegment{id, row.location, row.length, row.epoch, row.digest};
}

Task<Result<SegmentReader>> Store::open_segment(ReadAccess access, const keys::DataKeys& keys, SegmentId id,
                                                ByteRange range) {
  const auto held = pin();
  const auto segment = CO_TRY(place(id));
  if (!segment) co_return missing_segment();
  co_return co_await open_segment(access, keys, *segment, range);
}

Task<Result<SegmentReader>> Store::open_segment(ReadAccess, const keys::DataKeys& keys, PlacedSegment segment,
                                                ByteRange range) {
  auto pin = this->pin();
  if (range.offset > segment.length || range.length > segment.length - range.offset)
    co_return fail(
        Code::Corrupt,
        "A body's segment is shorter than its head says. Restore the data directory from a backup.");
  const auto* key = CO_TRY(keys.find(segment.epoch));
  if (range.length == 0)
    co_return SegmentReader(std::move(pin), nullptr, *parts_->pool, *key, segment, range);

  auto extent = parts_->extents->find_open(segment.location.extent);
  if (!extent) {
    auto opening = parts_->pool->start([extents = parts_->extents.get(), number = segment.location.extent] {
      return extents->open_for_reading(number);
    });
    extent = CO_TRY(co_await opening.wait());
  }
  co_return SegmentReader(std::move(pin), std::move(extent), *parts_->pool, *key, segment, range);
}

std::uint64_t Store::journal_size(std::uint32_t slot) const {
  return parts_->sequencer->journals().of(slot).size;
}

std::uint64_t Store::journal_front(std::uint32_t slot) const {
  return parts_->sequencer->journals().of(slot).front;
}

std::vector<JournalSize> Store::journal_sizes() const {
  return parts_->sequencer->journals().all();
}

Result<void> Store::check_front(std::uint32_t slot, std::uint64_t from) const {
  const auto front = TRY(stored_front(*parts_->database, slot));
  if (from >= front) return {};
  return fail(
      Code::RecordNotFound,
      fmt::format("Journal {} begins with record {} here; those before it are kept elsewhere.", slot, front));
}

Result<std::vector<JournalEntry>> Store::scan_journal(std::uint32_t slot, std::uint64_t from,
                                                      std::size_t limit) const {
  std::vector<JournalEntry> entries;
  const auto begin = journal_key(slot, from);
  const auto last = std::min(journal_size(slot), from + std::min(limit, SIZE_MAX - from));
  const auto end = journal_key(slot, last);
  const auto cursor = parts_->database->cursor(Family::Journal, as_text(begin), as_text(end));
  for (cursor->seek(as_text(begin)); cursor->valid(); cursor->next()) {
    const auto place = TRY(read_journal_key(as_bytes(cursor->key())));
    if (place.index != from + entries.size()) TRY(check_front(slot, from));
    if (place.index != from + entries.size())
      return fail(Code::Corrupt,
                  fmt::format("Record {} of journal {} is missing. Restore the data directory from a backup.",
                              from + entries.size(), slot));
    entries.push_back(TRY(read_journal_value(as_bytes(cursor->value()))));
  }
  TRY(cursor->status());
  if (from + entries.size() < last) TRY(check_front(slot, from));
  return entries;
}

bool Store::check(const CheckPlace& from, CheckGuide& guide, CheckReport& report, SegmentKeys* keys) const {
  return store::check(*parts_->database, *parts_->extents, from, guide, report, keys);
}

CheckReport Store::check(const CheckProgress& progress, SegmentKeys* keys) const {
  return store::check(*parts_->database, *parts_->extents, progress, keys);
}

bool Store::check_holders(HolderRows& holders, const CheckPlace& place, const CheckPlace& behind,
                          CheckGuide& guide, CheckReport& report) const {
  return store::check_holders(*parts_->database, holders, place, behind, guide, report);
}

Result<std::uint64_t> Store::stored_bytes() const {
  std::uint64_t bytes = 0;
  // Their files are read, then their rows, those with bodies and holders once more, and then the content.
  for (const auto& table : TRY(parts_->database->live_tables())) bytes += 4 * table.bytes;
  for (const auto& [key, live] : TRY(counters(kLivePrefix))) bytes += static_cast<std::uint64_t>(live);
  return bytes;
}

bool Store::is_frozen() const {
  return parts_->frozen.taken;
}

Result<std::unique_ptr<FrozenStore>> Store::freeze() {
  return FrozenStore::freeze(*parts_->options.files, *parts_->database, *parts_->extents, pin(),
                             parts_->frozen);
}

Version Store::version() const {
  return parts_->sequencer->version();
}

Activity Store::activity() const {
  auto activity = parts_->committer->activity();
  activity.freed_bytes = parts_->reclaimer->freed_bytes();
  activity.removed_extents = parts_->reclaimer->removed_extents();
  activity.compaction = parts_->compactor->total();
  return activity;
}

}  // namespace vitrine::store
