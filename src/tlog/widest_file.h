// A file of a tiled log, or the full one that took its place.
// Source: C2SP tlog-tiles, "Partial Tiles": a partial file may be gone once the full one is there.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "tlog/tiles.h"

namespace vitrine::tlog {

/// A file's bytes and the width that they have: the id's own, or that of the full file in its place.
struct WidestFile {
  Bytes bytes;
  unsigned width = 0;
};

/// Errors: those of `read` for the file itself.
template <class Id>
Result<WidestFile> read_widest(const std::function<Result<Bytes>(const std::string& path)>& read,
                               const Id& id) {
  auto exact = read(path(id));
  if (exact) return WidestFile{std::move(*exact), id.width};
  if (exact.error().code == Code::ResourceNotFound && id.width < kTileWidth) {
    Id full = id;
    full.width = kTileWidth;
    if (auto instead = read(path(full))) return WidestFile{std::move(*instead), kTileWidth};
  }
  return std::unexpected(std::move(exact).error());
}

}  // namespace vitrine::tlog
