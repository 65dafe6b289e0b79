// One pass over all files of a tiled log.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tlog/tiles.h"

namespace vitrine::tlog {

/// Reads every entry bundle and every hash tile of a log or journal of known size once, in order, holding at
/// most one bundle and one tile a level in memory. Checks that each tile holds the hashes of the entries; who
/// signed the root is for the caller. Where a partial file is gone because the log has grown since, the full
/// one stands in.
class LogWalk {
 public:
  /// Errors: ResourceNotFound when there is no such file; any other ends the walk.
  using ReadFile = std::function<Result<Bytes>(const std::string& path)>;
  /// An entry, or none where it was dropped, and the leaf hash that stands for it.
  using Visit = std::function<void(const std::optional<ConstBytes>& entry, const Digest& leaf)>;
  /// The leaf hash that stands for an entry. Errors: as its caller words them; they end the walk.
  using LeafOf = std::function<Result<Digest>(ConstBytes entry)>;
  /// Of a bundle that is not there the tile of its hashes is taken instead, if there is one, or not.
  enum class Dropped { Refused, Accepted };

  /// Of a log: the entries themselves are what is hashed.
  LogWalk(ReadFile read, std::uint64_t size);
  LogWalk(ReadFile read, std::uint64_t size, LeafOf leaf_of, Dropped dropped)
      : read_(std::move(read)), size_(size), leaf_of_(std::move(leaf_of)), accepts_dropped_(dropped) {}

  /// Calls `visit` for each entry, once entries() and root() count it. At most once.
  /// Errors: those of reading; Corrupt; VerificationFailed when a tile is not what its entries make.
  Result<void> run(const Visit& visit);

  [[nodiscard]] std::uint64_t entries() const { return frontier_.size(); }
  /// Those of them that only a hash stands for.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  /// Over the entries so far.
  [[nodiscard]] Digest root() const { return frontier_.root(); }
  /// Where the walk is, or ended: file, and entry or hash with its byte in the file.
  [[nodiscard]] const std::string& place() const { return place_; }

 private:
  Result<void> visit_bundle(const BundleId& id, const Visit& visit);
  Result<std::vector<Digest>> take_hashes_only(const BundleId& id, const Visit& visit);
  Result<std::vector<Digest>> visit_entries(const BundleId& id, ConstBytes bundle, unsigned width,
                                            const Visit& visit);
  Result<void> add_full_tile(std::uint64_t index, std::span<const Digest> hashes);
  Result<void> check_tile(const TileId& id, std::span<const Digest> expected);
  Result<void> check_edge();

  ReadFile read_;
  std::uint64_t size_;
  LeafOf leaf_of_;
  Dropped accepts_dropped_;
  std::uint64_t dropped_ = 0;
  Frontier frontier_;
  std::vector<std::vector<Digest>> rows_;  ///< per level, the hashes that its next tile must hold
  std::string place_;
};

}  // namespace vitrine::tlog
