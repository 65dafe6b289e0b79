// A tree whose hashes live in tiles that somebody else stores.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "tlog/tiles.h"

namespace vitrine::tlog {

/// Reads the tiles that were written before. Whoever owns the tree also writes them: into a database's
/// commit or into files.
class TileStore {
 public:
  virtual ~TileStore() = default;
  /// The bytes of exactly this tile. Errors: those of the store.
  virtual Result<Bytes> read(const TileId& tile) = 0;
};

struct TileWrite {
  TileId id;
  Bytes bytes;
};

/// An append-only tree over a TileStore. It keeps the tiles of its right edge (at most 8 KiB a level) in
/// memory, so that appending reads nothing. Not for use by two threads at once.
class TileTree final : public HashSource {
 public:
  /// The tree of `size` leaves in the store; reads its right edge. The store must outlive the tree.
  /// Errors: those of the store; Corrupt.
  static Result<TileTree> open(TileStore& store, std::uint64_t size);

  /// Adds leaves and returns every tile that must be written: those of tiles_of_growth(), with their bytes.
  /// The tree counts them as its own at once; if writing fails, drop the tree and open it anew.
  std::vector<TileWrite> append(std::span<const Digest> leaves);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Also at any smaller size: see root_at().
  Result<Digest> root() { return root_at(*this, size_); }
  /// Errors: OutOfRangeInput when the subtree is not complete; those of the store; Corrupt.
  Result<Digest> node(unsigned level, std::uint64_t index) override;

 private:
  struct LoadedTile {
    std::uint64_t index = 0;
    std::vector<Digest> hashes;
  };

  TileTree(TileStore& store, std::uint64_t size) : store_(&store), size_(size) {}
  void push(const Digest& leaf, std::vector<TileWrite>& full);
  Result<std::span<const Digest>> load(unsigned level, std::uint64_t index);

  TileStore* store_;
  std::uint64_t size_;
  std::vector<std::vector<Digest>> edge_;  ///< per level, the hashes of its partial tile
  std::map<unsigned, LoadedTile> recent_;  ///< per level, the full tile read last
};

}  // namespace vitrine::tlog
