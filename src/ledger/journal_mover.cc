#include "ledger/journal_mover.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/journal_tiles.h"

namespace vitrine::ledger {
namespace {

using tlog::kTileWidth;

/// Bounds how long a seal waits for the files of one journal.
constexpr std::uint64_t kBundlesAtATime = 128;

}  // namespace

Result<void> JournalMover::move(std::uint32_t slot, std::uint64_t front, std::uint64_t sealed_size,
                                Moved& moved) {
  if (sealed_size < front + std::max<std::uint64_t>(tail_, kTileWidth)) return {};
  if (front % kTileWidth != 0)
    return fail(Code::Corrupt, fmt::format("The journal in slot {} begins in the store with record {}, which "
                                           "is no bundle's first.",
                                           slot, front));
  Moved of_this;
  const auto first = front / kTileWidth;
  const auto behind = std::min(sealed_size / kTileWidth, first + kBundlesAtATime);
  for (auto index = first; index < behind; ++index)
    TRY(move_tiles_above(slot, index, TRY(move_bundle(slot, index)), of_this));
  of_this.trims.push_back({slot, behind * kTileWidth});
  std::ranges::move(of_this.writes, std::back_inserter(moved.writes));
  std::ranges::move(of_this.trims, std::back_inserter(moved.trims));
  return {};
}

Result<std::vector<tlog::Digest>> JournalMover::move_bundle(std::uint32_t slot, std::uint64_t index) {
  const auto records = TRY(store_->scan_journal(slot, index * kTileWidth, kTileWidth));
  if (records.size() < kTileWidth)
    return fail(Code::Corrupt, fmt::format("The journal in slot {} lacks record {}.", slot,
                                           index * kTileWidth + records.size()));
  Bytes bundle;
  std::vector<tlog::Digest> leaves;
  for (const auto& record : records) {
    TRY(tlog::append_entry(bundle, as_bytes(record.bytes)));
    leaves.push_back(record.leaf);
  }
  TRY(files_.write(slot, tlog::BundleId{.index = index}, bundle));
  return leaves;
}

/// The tile over the bundle, and every tile above that it completes.
Result<void> JournalMover::move_tiles_above(std::uint32_t slot, std::uint64_t index,
                                            std::vector<tlog::Digest> hashes, Moved& moved) {
  for (unsigned level = 0;; ++level, index /= kTileWidth) {
    const tlog::TileId tile{.level = level, .index = index};
    TRY(files_.write(slot, tile, tlog::encode_tile(hashes)));
    moved.writes.push_back({journal_tile_key(slot, tile), std::nullopt});
    if (index % kTileWidth != kTileWidth - 1) return {};
    hashes.clear();
    for (auto below = index - (kTileWidth - 1); below <= index; ++below)
      hashes.push_back(tlog::root_of_perfect(TRY(tlog::decode_tile(
          TRY(files_.read(slot, tlog::TileId{.level = level, .index = below})), kTileWidth))));
  }
}

}  // namespace vitrine::ledger
