#include "store/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/encoding.h"
#include "store/database.h"
#include "store/encoding.h"
#include "store/extent_set.h"
#include "store/frames.h"
#include "store/journals.h"
#include "store/live_bytes.h"
#include "store/segment_verifier.h"
#include "store/segments_by_place.h"

namespace vitrine::store {
namespace {

/// So much is read between two calls of the guide.
constexpr std::uint64_t kStep = 1 << 20;

struct Table {
  CheckStage stage;
  Family family;
  const char* name;
};
constexpr Table kVersioned[] = {{CheckStage::State, Family::State, "state"},
                                {CheckStage::Heads, Family::Heads, "heads"},
                                {CheckStage::Bodies, Family::Bodies, "bodies"},
                                {CheckStage::Rows, Family::Rows, "rows"}};
constexpr Table kCounters{CheckStage::Counters, Family::Counters, "counters"};
constexpr Table kJournal{CheckStage::Journal, Family::Journal, "journal"};
constexpr Table kSegments{CheckStage::Segments, Family::Segments, "segments"};

class Check {
 public:
  Check(const Database& database, ExtentSet& extents, const CheckPlace& from, CheckGuide& guide,
        CheckReport& report, SegmentKeys* keys)
      : database_(database), extents_(extents), from_(from), guide_(guide), report_(report), keys_(keys) {}

  bool run() {
    files();
    for (const auto& table : kVersioned) values(table);
    counters();
    journals();
    segments();
    return !ended_;
  }

 private:
  [[nodiscard]] bool is_due(CheckStage stage) const { return !ended_ && from_.stage <= stage; }
  /// The key from which on the stage is to be looked at.
  [[nodiscard]] std::string start(CheckStage stage) const {
    return from_.stage == stage ? from_.key : std::string();
  }

  void read(std::uint64_t bytes) {
    report_.bytes += bytes;
    since_ += bytes;
  }
  /// Lets the guide say whether to go on, when a step was made.
  void step(CheckStage stage, const std::string& key) {
    if (since_ < kStep) return;
    ended_ = !guide_.go_on(std::exchange(since_, 0), {stage, key});
  }
  void end_stage(CheckStage stage) {
    const auto next = static_cast<CheckStage>(static_cast<std::uint8_t>(stage) + 1);
    if (!ended_) ended_ = !guide_.go_on(std::exchange(since_, 0), {next, {}});
  }

  /// A store that is being opened again after a failure is not damaged: the check ends here.
  void failed(std::string place, const Error& error) {
    if (error.code == Code::Unavailable)
      ended_ = true;
    else
      report_.add(std::move(place), error.message);
  }

  void files() {
    if (!is_due(CheckStage::Files)) return;
    if (start(CheckStage::Files).empty())
      if (const auto whole = database_.check_manifest(); !whole) failed("the manifest", whole.error());
    const auto tables = database_.live_tables();
    if (!tables) return failed("the tables' files", tables.error());
    for (const auto& table : *tables) {
      if (table.name < start(CheckStage::Files) || ended_) continue;
      if (const auto whole = database_.check_table(table); !whole && is_live(table))
        report_.add(fmt::format("file {} of table {}", table.name, table.family), whole.error().message);
      read(table.bytes);
      step(CheckStage::Files, table.name + '\0');
    }
    end_stage(CheckStage::Files);
  }

  /// Merging removes files at any time.
  [[nodiscard]] bool is_live(const LiveTable& table) const {
    const auto tables = database_.live_tables();
    return tables && std::ranges::find(*tables, table.name, &LiveTable::name) != tables->end();
  }

  /// Calls `look` with each row; damage that the table itself notices ends the walk. A new cursor for each
  /// step, because one holds back what it could see.
  template <class Look>
  void walk(const Table& table, const Look& look) {
    auto from = start(table.stage);
    while (!ended_ && walk_on(table, from, look)) step(table.stage, from);
  }

  /// The rows of one step. False behind the last one.
  template <class Look>
  bool walk_on(const Table& table, std::string& from, const Look& look) {
    const auto cursor = database_.cursor(table.family, from, {});
    cursor->seek(from);
    for (; cursor->valid() && since_ < kStep; cursor->next()) {
      ++report_.values;
      read(cursor->key().size() + cursor->value().size());
      look(cursor->key(), as_bytes(cursor->value()));
      from = std::string(cursor->key()) + '\0';
    }
    if (auto status = cursor->status(); !status) failed(fmt::format("table {}", table.name), status.error());
    return cursor->valid();
  }

  void values(const Table& table) {
    if (!is_due(table.stage)) return;
    walk(table, [&](std::string_view key, ConstBytes stored) {
      if (auto value = read_versioned(stored); !value) damaged(table, key, value.error());
    });
    end_stage(table.stage);
  }

  void counters() {
    if (!is_due(CheckStage::Counters)) return;
    walk(kCounters, [&](std::string_view key, ConstBytes stored) {
      if (auto sum = read_integer(stored); !sum) damaged(kCounters, key, sum.error());
    });
    if (!ended_) live_bytes();
    end_stage(CheckStage::Counters);
  }

  /// All at once, because only one moment's counters and rows agree.
  void live_bytes() {
    const auto recount = recount_live_bytes(database_);
    if (!recount) return failed("the counters of live bytes", recount.error());
    read(recount->bytes_read);
    for (const auto& [extent, expected, found] : recount->wrong)
      report_.add(fmt::format("live bytes of extent {}", extent),
                  fmt::format("the rows of its segments say {}, its counter {}", expected,
                              found ? std::to_string(*found) : "is missing"));
  }

  void journals() {
    if (!is_due(CheckStage::Journal)) return;
    std::optional<JournalPlace> last;
    walk(kJournal, [&](std::string_view key, ConstBytes stored) {
      const auto place = read_journal_key(as_bytes(key));
      if (!place) return damaged(kJournal, key, place.error());
      ++report_.records;
      follow(last, *place);
      last = *place;
      if (auto record = read_journal_value(stored); !record)
        report_.add(fmt::format("journal {}, record {}", place->slot, place->index), record.error().message);
    });
    end_stage(CheckStage::Journal);
  }

  /// A walk that begins in the middle of a journal takes what is there as its beginning.
  void follow(const std::optional<JournalPlace>& last, const JournalPlace& place) {
    if (!last && !start(CheckStage::Journal).empty()) return;
    const auto expected = last && last->slot == place.slot ? last->index + 1 : 0;
    if (place.index == expected) return;
    const auto front = stored_front(database_, place.slot);
    if (!front) return failed(fmt::format("journal {}", place.slot), front.error());
    // What is below the front was trimmed, before or while this walked.
    const auto begin = std::max(expected, *front);
    if (place.index > begin)
      report_.add(fmt::format("journal {}", place.slot),
                  fmt::format("records {} to {} are missing", begin, place.index - 1));
  }

  void segments() {
    if (!is_due(CheckStage::Segments)) return;
    // By place: what lies one after the other is read so, and what overlaps is seen.
    const auto first = first_place();
    auto by_place = SegmentsByPlace(database_, first.extent, SegmentsByPlace::kWindow, UnreadableRows::Skip);
    if (from_.stage < CheckStage::Segments || from_.key.empty()) segment_rows();
    for (;;) {
      auto extent = by_place.next();
      if (!extent) failed("table segments", extent.error());
      if (!extent || !*extent || ended_) break;
      contents(**extent, first);
    }
    end_stage(CheckStage::Segments);
  }

  /// The key is an extent's number and an offset in it.
  [[nodiscard]] Location first_place() const {
    const auto key = start(CheckStage::Segments);
    if (key.size() != 2 * sizeof(std::uint64_t)) return {};
    return {read_be64(as_bytes(key)), read_be64(as_bytes(key).subspan(sizeof(std::uint64_t)))};
  }

  /// Only their forms: few bytes, so in one go.
  void segment_rows() {
    const auto cursor = database_.cursor(Family::Segments, {}, {});
    for (cursor->seek({}); cursor->valid(); cursor->next()) {
      ++report_.values;
      ++report_.segments;
      read(cursor->key().size() + cursor->value().size());
      if (const auto row = read_segment_row(as_bytes(cursor->value())); !row)
        damaged(kSegments, cursor->key(), row.error());
    }
    if (auto status = cursor->status(); !status) failed("table segments", status.error());
  }

  void contents(const ExtentContents& extent, const Location& first) {
    std::optional<std::uint64_t> begin;
    std::uint64_t end = 0;
    for (const auto& segment : extent.segments) {
      const auto offset = segment.location.offset;
      const bool again = begin == offset;
      const bool inside = !again && offset < end;
      begin = offset;
      end = std::max(end, offset + stored_length(segment.length));
      // Looked at before.
      if (extent.extent == first.extent && offset < first.offset) continue;
      if (again) report_.add(name(segment.location), "two segments claim this place");
      if (inside) report_.add(name(segment.location), "a segment begins inside the one before");
      if (!again) frames(segment);
      step(CheckStage::Segments,
           std::string(as_text(store_integer(extent.extent))).append(as_text(store_integer(end))));
      if (ended_) return;
    }
  }

  /// Nothing when nobody has the key, or the segment went meanwhile.
  [[nodiscard]] std::unique_ptr<SegmentVerifier> verifier(const PlacedSegment& segment) const {
    if (!keys_) return nullptr;
    const auto stored = database_.get(Family::Segments, as_text(segment.id));
    if (!stored || !stored->found()) return nullptr;
    const auto row = read_segment_row(stored->bytes());
    const auto keys = row ? keys_->of(row->owner) : nullptr;
    if (!keys) return nullptr;
    const auto key = keys->find(segment.epoch);
    if (!key) return nullptr;
    return std::make_unique<SegmentVerifier>(**key, segment.id, segment.length, segment.digest);
  }

  void frames(const PlacedSegment& segment) {
    auto extent = extents_.open_for_reading(segment.location.extent);
    if (!extent) return unreadable(segment, extent.error().message);
    const auto verifier = this->verifier(segment);
    Bytes frame;
    std::uint64_t broken = 0;
    std::uint64_t first = 0;
    for (auto left = segment.length, offset = segment.location.offset; left > 0;) {
      const auto plaintext = std::min<std::uint64_t>(left, kFrameBytes);
      frame.resize(static_cast<std::size_t>(plaintext) + kFrameOverhead);
      const auto count = (*extent)->file().read_at(offset, frame);
      if (!count) return unreadable(segment, count.error().message);
      if (*count < frame.size())
        return unreadable(segment, fmt::format("the extent ends in it, at offset {}", offset + *count));
      if (!is_whole(frame) && broken++ == 0) first = offset;
      if (verifier && broken == 0) verifier->take(frame);
      left -= plaintext;
      offset += frame.size();
      report_.segment_bytes += frame.size();
      read(frame.size());
    }
    if (broken > 0)
      return unreadable(
          segment, fmt::format("frames that fail their checksum: {} of {}, the first at offset {}", broken,
                               frame_count(segment.length), first));
    if (!verifier) return;
    if (const auto verdict = verifier->verdict(); !verdict) unreadable(segment, verdict.error().message);
  }

  /// Room is given back only after the row that named it is gone or names another place: if that is still
  /// the same, what was read was wrong.
  void unreadable(const PlacedSegment& segment, std::string what) {
    const auto stored = database_.get(Family::Segments, as_text(segment.id));
    if (!stored) return failed("table segments", stored.error());
    if (!stored->found()) return;
    const auto row = read_segment_row(stored->bytes());
    const bool moved = row && (row->location.extent != segment.location.extent ||
                               row->location.offset != segment.location.offset);
    if (!moved) report_.add(name(segment.location), std::move(what));
  }

  /// Of a segment. Backups record it in these words, and whoever walks the heads finds their segments by it.
  static std::string name(const Location& location) {
    return fmt::format("extent {}, offset {}", location.extent, location.offset);
  }

  void damaged(const Table& table, std::string_view key, const Error& error) {
    report_.add(fmt::format("table {}, key {}", table.name, to_hex(as_bytes(key))), error.message);
  }

  const Database& database_;
  ExtentSet& extents_;
  const CheckPlace& from_;
  CheckGuide& guide_;
  CheckReport& report_;
  SegmentKeys* keys_;
  std::uint64_t since_ = 0;  // bytes since the guide was last asked
  bool ended_ = false;
};

}  // namespace

void CheckReport::add(std::string place, std::string what) {
  ++damages;
  if (told.size() < kMostTold) told.push_back({std::move(place), std::move(what)});
}

bool check(const Database& database, ExtentSet& extents, const CheckPlace& from, CheckGuide& guide,
           CheckReport& report, SegmentKeys* keys) {
  return Check(database, extents, from, guide, report, keys).run();
}

CheckReport check(const Database& database, ExtentSet& extents, const CheckProgress& progress,
                  SegmentKeys* keys) {
  struct Teller final : CheckGuide {
    explicit Teller(const CheckProgress& progress) : progress(progress) {}
    bool go_on(std::uint64_t bytes, const CheckPlace&) override {
      progress(read += bytes);
      return true;
    }
    const CheckProgress& progress;
    std::uint64_t read = 0;
  } teller(progress);
  CheckReport report;
  (void)check(database, extents, {}, teller, report, keys);
  return report;
}

}  // namespace vitrine::store
