#include "tlog/tile_tree.h"

#include <fmt/format.h>

#include <algorithm>

namespace vitrine::tlog {

Result<TileTree> TileTree::open(TileStore& store, std::uint64_t size) {
  TileTree tree(store, size);
  for (unsigned level = 0, shift = 0; shift < 64 && size >> shift > 0; ++level, shift += kTileHeight) {
    auto count = size >> shift;
    auto& edge = tree.edge_.emplace_back();
    auto width = static_cast<unsigned>(count % kTileWidth);
    if (width > 0) edge = TRY(decode_tile(TRY(store.read({level, count / kTileWidth, width})), width));
  }
  return tree;
}

std::vector<TileWrite> TileTree::append(std::span<const Digest> leaves) {
  std::vector<TileWrite> writes;
  auto old_size = size_;
  for (const auto& leaf : leaves) push(leaf, writes);
  for (const auto& tile : tiles_of_growth(old_size, size_))
    if (tile.width < kTileWidth) writes.push_back({tile, encode_tile(edge_[tile.level])});
  std::ranges::sort(writes, {}, &TileWrite::id);
  return writes;
}

void TileTree::push(const Digest& leaf, std::vector<TileWrite>& full) {
  Digest hash = leaf;
  auto index = size_++ / kTileWidth;
  for (unsigned level = 0;; ++level, index /= kTileWidth) {
    if (level == edge_.size()) edge_.emplace_back();
    auto& edge = edge_[level];
    edge.push_back(hash);
    if (edge.size() < kTileWidth) return;
    hash = root_of_perfect(edge);
    full.push_back({{level, index}, encode_tile(edge)});
    recent_[level] = {index, std::move(edge)};
    edge.clear();
  }
}

Result<Digest> TileTree::node(unsigned level, std::uint64_t index) {
  if (level >= 64 || index >= size_ >> level)
    return fail(
        Code::OutOfRangeInput,
        fmt::format("A tree of {} leaves has no complete subtree {} at level {}.", size_, index, level));
  auto tile_level = level / kTileHeight, within = level % kTileHeight;
  auto first = index << within;  // of the tile level's hashes that the node spans
  auto hashes = TRY(load(tile_level, first / kTileWidth));
  return root_of_perfect(hashes.subspan(first % kTileWidth, std::size_t{1} << within));
}

Result<std::span<const Digest>> TileTree::load(unsigned level, std::uint64_t index) {
  auto count = size_ >> (level * kTileHeight);
  if (index == count / kTileWidth) return std::span<const Digest>(edge_[level]);
  auto& recent = recent_[level];
  if (recent.hashes.empty() || recent.index != index)
    recent = {index, TRY(decode_tile(TRY(store_->read({level, index})), kTileWidth))};
  return std::span<const Digest>(recent.hashes);
}

}  // namespace vitrine::tlog
