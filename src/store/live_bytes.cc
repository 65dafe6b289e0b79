#include "store/live_bytes.h"

#include <array>
#include <map>

#include "store/database.h"
#include "store/encoding.h"
#include "store/frames.h"

namespace vitrine::store {
namespace {

struct Sums {
  std::uint64_t expected = 0;
  std::optional<std::int64_t> found;

  /// A counter of nothing has no row.
  [[nodiscard]] bool agree() const { return static_cast<std::uint64_t>(found.value_or(0)) == expected; }
  [[nodiscard]] bool too_low() const {
    return !found || *found < 0 || static_cast<std::uint64_t>(*found) < expected;
  }
};

class Recount {
 public:
  Result<void> add_segments(Cursor& rows) {
    for (rows.seek({}); rows.valid(); rows.next()) {
      read(rows);
      const auto row = read_segment_row(as_bytes(rows.value()));
      if (!row)
        all_readable_ = false;
      else if (row->length != 0)
        sums_[row->location.extent].expected += stored_length(row->length);
    }
    return rows.status();
  }

  Result<void> add_counters(Cursor& rows) {
    for (rows.seek(kLivePrefix); rows.valid() && rows.key().starts_with(kLivePrefix); rows.next()) {
      read(rows);
      const auto extent = as_bytes(rows.key().substr(kLivePrefix.size()));
      const auto sum = read_integer(as_bytes(rows.value()));
      // Of another form: who goes over the counters tells of it.
      if (extent.size() == sizeof(std::uint64_t) && sum)
        sums_[read_be64(extent)].found = static_cast<std::int64_t>(*sum);
    }
    return rows.status();
  }

  [[nodiscard]] LiveBytesRecount finish() const {
    LiveBytesRecount recount{.wrong = {}, .bytes_read = bytes_read_};
    for (const auto& [extent, sums] : sums_)
      if (!sums.agree() && (all_readable_ || sums.too_low()))
        recount.wrong.push_back({extent, sums.expected, sums.found});
    return recount;
  }

 private:
  void read(const Cursor& rows) { bytes_read_ += rows.key().size() + rows.value().size(); }

  std::map<std::uint64_t, Sums> sums_;
  bool all_readable_ = true;
  std::uint64_t bytes_read_ = 0;
};

}  // namespace

Result<LiveBytesRecount> recount_live_bytes(const Database& database) {
  constexpr std::array kBoth{Family::Segments, Family::Counters};
  const auto rows = TRY(database.cursors(kBoth));
  Recount recount;
  TRY(recount.add_segments(*rows[0]));
  rows[0]->rest();
  TRY(recount.add_counters(*rows[1]));
  return recount.finish();
}

Result<std::set<std::uint64_t>> extents_with_segments(const Database& database,
                                                      const std::set<std::uint64_t>& extents) {
  std::set<std::uint64_t> named;
  const auto rows = database.cursor(Family::Segments, {}, {});
  for (rows->seek({}); rows->valid(); rows->next()) {
    const auto row = TRY(read_segment_row(as_bytes(rows->value())));
    if (row.length != 0 && extents.contains(row.location.extent)) named.insert(row.location.extent);
  }
  TRY(rows->status());
  return named;
}

}  // namespace vitrine::store
