// The files of a tiled log (C2SP tlog-tiles): coordinates, paths, which a growth writes, entry bundles.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tlog/merkle.h"

namespace vitrine::tlog {

/// Hashes in a full tile, entries in a full bundle.
inline constexpr unsigned kTileWidth = 256;
/// Tree levels that one tile spans.
inline constexpr unsigned kTileHeight = 8;
/// An entry's length is a 16-bit number.
inline constexpr std::size_t kMaxEntrySize = 65535;
/// Of the files: 256 hashes, or 256 entries behind their lengths.
inline constexpr std::size_t kMostTileBytes = kTileWidth * std::tuple_size_v<Digest>;
inline constexpr std::size_t kMostBundleBytes = kTileWidth * (2 + kMaxEntrySize);

/// A tile: `width` (1 to 256) consecutive roots of subtrees of 256^level leaves, starting at the
/// 256·index-th. Narrower than 256 it is partial: the right edge of a tree.
struct TileId {
  unsigned level = 0;
  std::uint64_t index = 0;
  unsigned width = kTileWidth;
  auto operator<=>(const TileId&) const = default;
};

/// The entries whose hashes are in tile (0, index, width).
struct BundleId {
  std::uint64_t index = 0;
  unsigned width = kTileWidth;
  auto operator<=>(const BundleId&) const = default;
};

/// "tile/0/x001/234.p/8": where the file lies below the log's prefix.
std::string path(const TileId& tile);
/// "tile/entries/x001/234.p/8".
std::string path(const BundleId& bundle);
/// Exactly what path() would produce. Errors: InvalidUri.
Result<std::variant<TileId, BundleId>> parse_tile_path(std::string_view text);

/// The width of tile `index` at `level` in a tree of `size` leaves: 0 when there is none.
unsigned tile_width(unsigned level, std::uint64_t index, std::uint64_t size);

/// The hash tiles that a tree of `new_size` leaves has and one of `old_size` has not, in ascending order:
/// full ones once, and the partial ones of the new right edge. Precondition: old_size <= new_size.
std::vector<TileId> tiles_of_growth(std::uint64_t old_size, std::uint64_t new_size);
/// The entry bundles of the same growth.
std::vector<BundleId> bundles_of_growth(std::uint64_t old_size, std::uint64_t new_size);

/// Adds one length-prefixed entry. Errors: OutOfRangeInput above kMaxEntrySize.
Result<void> append_entry(Bytes& bundle, ConstBytes entry);
/// The views of exactly `width` entries; nothing may follow. Errors: Corrupt, with the byte's offset.
Result<std::vector<ConstBytes>> split_bundle(ConstBytes bundle, unsigned width);

/// The hashes of a tile as its file holds them, and back. Errors: Corrupt when the size is wrong.
Bytes encode_tile(std::span<const Digest> hashes);
Result<std::vector<Digest>> decode_tile(ConstBytes bytes, unsigned width);

/// The root of 2^n hashes, n <= 8: a full tile's entry in the tile above, or a node within a tile.
Digest root_of_perfect(std::span<const Digest> hashes);

}  // namespace vitrine::tlog
