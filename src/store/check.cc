#include "store/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/encoding.h"
#include "store/database.h"
#include "store/encoding.h"
#include "store/extent_set.h"
#include "store/frames.h"

namespace vitrine::store {
namespace {

struct Table {
  Family family;
  const char* name;
};
constexpr Table kVersioned[] = {
    {Family::State, "state"}, {Family::Heads, "heads"}, {Family::Bodies, "bodies"}, {Family::Rows, "rows"}};

class Check {
 public:
  Check(const Database& database, ExtentSet& extents, const CheckProgress& progress)
      : database_(database), extents_(extents), progress_(progress) {}

  CheckReport run() {
    for (const auto& table : kVersioned) values(table);
    counters();
    journals();
    segments();
    return std::move(report_);
  }

 private:
  /// Calls `look` with each row; damage that the table itself notices ends the walk.
  template <class Look>
  void walk(Table table, const Look& look) {
    const auto cursor = database_.cursor(table.family, {}, {});
    for (cursor->seek({}); cursor->valid(); cursor->next()) {
      ++report_.values;
      look(cursor->key(), as_bytes(cursor->value()));
    }
    if (auto status = cursor->status(); !status)
      report_.add(fmt::format("table {}", table.name), status.error().message);
  }

  void values(Table table) {
    walk(table, [&](std::string_view key, ConstBytes stored) {
      if (auto value = read_versioned(stored); !value) damaged(table, key, value.error());
    });
  }

  void counters() {
    const Table table{Family::Counters, "counters"};
    walk(table, [&](std::string_view key, ConstBytes stored) {
      if (auto sum = read_integer(stored); !sum) damaged(table, key, sum.error());
    });
  }

  void journals() {
    std::map<std::uint32_t, std::uint64_t> next;
    const Table table{Family::Journal, "journal"};
    walk(table, [&](std::string_view key, ConstBytes stored) {
      const auto place = read_journal_key(as_bytes(key));
      if (!place) return damaged(table, key, place.error());
      ++report_.records;
      auto& expected = next[place->slot];
      if (place->index != expected)
        report_.add(fmt::format("journal {}", place->slot),
                    fmt::format("records {} to {} are missing", expected, place->index - 1));
      expected = place->index + 1;
      if (auto record = read_journal_value(stored); !record)
        report_.add(fmt::format("journal {}, record {}", place->slot, place->index), record.error().message);
    });
  }

  void segments() {
    // By place: what lies one after the other is read so, and what overlaps is seen.
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> placed;
    const Table table{Family::Segments, "segments"};
    walk(table, [&](std::string_view key, ConstBytes stored) {
      ++report_.segments;
      const auto row = read_segment_row(stored);
      if (!row) return damaged(table, key, row.error());
      if (row->length == 0) return;
      if (!placed.emplace(std::pair{row->location.extent, row->location.offset}, row->length).second)
        report_.add(name(row->location.extent, row->location.offset), "two segments claim this place");
    });
    std::uint64_t extent = 0, end = 0;
    for (const auto& [place, length] : placed) {
      if (place.first == extent && place.second < end)
        report_.add(name(place.first, place.second), "a segment begins inside the one before");
      extent = place.first;
      end = place.second + stored_length(length);
      frames({place.first, place.second}, length);
    }
  }

  void frames(Location at, std::uint64_t length) {
    auto extent = extents_.open_for_reading(at.extent);
    if (!extent) return report_.add(name(at.extent, at.offset), extent.error().message);
    Bytes frame;
    for (auto left = length, offset = at.offset; left > 0;) {
      const auto plaintext = std::min<std::uint64_t>(left, kFrameBytes);
      frame.resize(static_cast<std::size_t>(plaintext) + kFrameOverhead);
      const auto count = (*extent)->file().read_at(offset, frame);
      if (!count) return report_.add(name(at.extent, offset), count.error().message);
      if (*count < frame.size()) return report_.add(name(at.extent, offset), "the extent ends here");
      if (!is_whole(frame)) report_.add(name(at.extent, offset), "a frame does not have its checksum");
      left -= plaintext;
      offset += frame.size();
      report_.segment_bytes += frame.size();
    }
    progress_(report_.segment_bytes);
  }

  static std::string name(std::uint64_t extent, std::uint64_t offset) {
    return fmt::format("extent {}, offset {}", extent, offset);
  }

  void damaged(Table table, std::string_view key, const Error& error) {
    report_.add(fmt::format("table {}, key {}", table.name, to_hex(as_bytes(key))), error.message);
  }

  const Database& database_;
  ExtentSet& extents_;
  const CheckProgress& progress_;
  CheckReport report_;
};

}  // namespace

void CheckReport::add(std::string place, std::string what) {
  ++damages;
  if (told.size() < kMostTold) told.push_back({std::move(place), std::move(what)});
}

CheckReport check(const Database& database, ExtentSet& extents, const CheckProgress& progress) {
  return Check(database, extents, progress).run();
}

}  // namespace vitrine::store
