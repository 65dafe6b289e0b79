// One pass over all files of a tiled log.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tlog/tiles.h"

namespace vitrine::tlog {

/// Reads every entry bundle and every hash tile of a log of known size once, in order, holding at most one
/// bundle and one tile a level in memory. Checks that each tile holds the hashes of the entries; who signed
/// the root is for the caller. Where a partial file is gone because the log has grown since, the full one
/// stands in.
class LogWalk {
 public:
  /// Errors: ResourceNotFound when there is no such file; any other ends the walk.
  using ReadFile = std::function<Result<Bytes>(const std::string& path)>;
  using Visit = std::function<void(ConstBytes entry)>;

  LogWalk(ReadFile read, std::uint64_t size) : read_(std::move(read)), size_(size) {}

  /// Calls `visit` with each entry, once entries() and root() count it. At most once.
  /// Errors: those of reading; Corrupt; VerificationFailed when a tile is not what its entries make.
  Result<void> run(const Visit& visit);

  [[nodiscard]] std::uint64_t entries() const { return frontier_.size(); }
  /// Over the entries so far.
  [[nodiscard]] Digest root() const { return frontier_.root(); }
  /// Where the walk is, or ended: file, and entry or hash with its byte in the file.
  [[nodiscard]] const std::string& place() const { return place_; }

 private:
  Result<void> visit_bundle(const BundleId& id, const Visit& visit);
  Result<void> check_tile(const TileId& id, std::span<const Digest> expected);
  Result<void> check_edge();

  ReadFile read_;
  std::uint64_t size_;
  Frontier frontier_;
  std::vector<std::vector<Digest>> rows_;  ///< per level, the hashes that its next tile must hold
  std::string place_;
};

}  // namespace vitrine::tlog
