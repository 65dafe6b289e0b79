#include "ledger/sealed_check.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <set>
#include <string_view>

#include "base/cbor.h"
#include "ledger/dropped_records.h"
#include "ledger/journal_tiles.h"
#include "tlog/log_walk.h"

namespace vitrine::ledger {
namespace {

constexpr std::string_view kPrefix = "sealed-size/", kBehind = "sealed-size0";
constexpr std::size_t kSlotDigits = 8;
constexpr std::size_t kRowsAtOnce = 1000;

Result<std::uint32_t> slot_of(std::string_view key) {
  const auto digits = key.substr(kPrefix.size());
  std::uint32_t slot = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), slot, 16);
  if (digits.size() != kSlotDigits || error != std::errc() || end != digits.data() + digits.size())
    return fail(Code::Corrupt, "The key of a sealed journal's size is none.");
  return slot;
}

Result<std::uint64_t> size_in(std::string_view value) {
  CborReader reader(as_bytes(value));
  const auto size = TRY(reader.unsigned_int());
  TRY(reader.end());
  return size;
}

/// What is sealed has tiles, written with its size.
Result<bool> has_tiles(const store::Store& store, std::uint32_t slot) {
  const auto prefix = journal_tiles_prefix(slot);
  auto end = prefix;
  ++end.back();
  return !TRY(store.scan(store::Table::State, prefix, end, 1)).empty();
}

/// The leaves beside the records that the store still has, asked for in order.
class StoredLeaves {
 public:
  StoredLeaves(const store::Store& store, std::uint32_t slot) : store_(store), slot_(slot) {}

  /// None where the record has gone to a file. Errors: those of the store.
  Result<std::optional<tlog::Digest>> at(std::uint64_t index) {
    if (index >= first_ + rows_.size()) {
      if (index < store_.journal_front(slot_)) return std::nullopt;
      auto rows = store_.scan_journal(slot_, index, kRowsAtOnce);
      if (!rows && rows.error().code == Code::RecordNotFound) return std::nullopt;  // it went in between
      rows_ = TRY(std::move(rows));
      first_ = index;
    }
    if (rows_.empty()) return std::nullopt;
    return rows_[index - first_].leaf;
  }

 private:
  const store::Store& store_;
  std::uint32_t slot_;
  std::uint64_t first_ = 0;
  std::vector<store::JournalEntry> rows_;
};

/// Every tile against those below it, the lowest against the rows of records that there are. A seal that
/// moves tiles to files meanwhile is no damage: files are there before rows go.
void check_tiles(store::Store& store, const JournalFiles& files, std::uint32_t slot, std::uint64_t size,
                 store::CheckReport& report) {
  JournalTiles tiles(store, files, slot);
  const auto read = [&](const std::string& path) -> Result<Bytes> {
    const auto id = TRY(tlog::parse_tile_path(path));
    if (const auto* tile = std::get_if<tlog::TileId>(&id)) return tiles.read(*tile);
    return fail(Code::ResourceNotFound, "Hashes are enough.");
  };
  const auto leaf_of = [](ConstBytes) -> Result<tlog::Digest> { return tlog::Digest{}; };
  tlog::LogWalk walk(read, size, leaf_of, tlog::LogWalk::Dropped::Accepted);
  StoredLeaves stored(store, slot);
  const auto compare = [&](const auto&, const tlog::Digest& sealed) {
    const auto index = walk.entries() - 1;
    const auto leaf = stored.at(index);
    const auto place = fmt::format("journal {}, record {}", slot, index);
    if (!leaf)
      report.add(place, leaf.error().message);
    else if (leaf->value_or(sealed) != sealed)
      report.add(place, "it is not the one that was sealed: the journal's tree has the hash of another");
  };
  if (const auto whole = walk.run(compare); !whole)
    report.add(fmt::format("journal {}, {}", slot, walk.place()), whole.error().message);
}

Result<void> check_bundles(const store::Store& store, const JournalFiles& files, std::uint32_t slot,
                           store::CheckReport& report) {
  const auto front = store.journal_front(slot);
  const auto dropped = TRY(dropped_below(store, slot));
  if (dropped > front)
    report.add(
        fmt::format("journal {}", slot),
        fmt::format("records below {} are said to be dropped, but those from {} on are not in files yet",
                    dropped, front));
  for (auto index = dropped / tlog::kTileWidth; index < front / tlog::kTileWidth; ++index) {
    const tlog::BundleId bundle{.index = index};
    if (!TRY(files.has(slot, bundle)))
      report.add(fmt::format("file journals/{}/{}", JournalFiles::folder(slot), path(bundle)),
                 fmt::format("it is missing, with records {} to {}", index * tlog::kTileWidth,
                             (index + 1) * tlog::kTileWidth - 1));
  }
  return {};
}

}  // namespace

Result<void> check_sealed_journals(store::Store& store, const JournalFiles& files,
                                   store::CheckReport& report) {
  std::set<std::uint32_t> sealed;
  for (const auto& row : TRY(store.scan(store::Table::State, kPrefix, kBehind, SIZE_MAX))) {
    const auto slot = slot_of(row.key);
    const auto size = slot ? size_in(row.value) : std::unexpected(slot.error());
    if (!size) {
      report.add(fmt::format("table state, key {}", row.key), size.error().message);
      continue;
    }
    sealed.insert(*slot);
    // Read behind the row, so that it has all that the seal covers.
    const auto there = store.journal_size(*slot);
    if (*size > there)
      report.add(fmt::format("journal {}", *slot),
                 fmt::format("records {} to {} are missing at its end: seals cover {} records", there,
                             *size - 1, *size));
    else
      check_tiles(store, files, *slot, *size, report);
    TRY(check_bundles(store, files, *slot, report));
  }
  for (const auto& journal : store.journal_sizes()) {
    if (sealed.contains(journal.slot) || !TRY(has_tiles(store, journal.slot))) continue;
    const auto key = fmt::format("{}{:08x}", kPrefix, journal.slot);
    if (!TRY(store.look_up({store::Table::State, key})).exists())
      report.add(fmt::format("journal {}", journal.slot),
                 "its end cannot be told: the row of its sealed size is missing");
  }
  return {};
}

}  // namespace vitrine::ledger
