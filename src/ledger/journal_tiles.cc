#include "ledger/journal_tiles.h"

#include <fmt/format.h>

namespace vitrine::ledger {

std::string journal_tiles_prefix(std::uint32_t slot) {
  return fmt::format("journal/{:08x}/", slot);
}

store::Key journal_tile_key(std::uint32_t slot, const tlog::TileId& tile) {
  return {store::Table::State, journal_tiles_prefix(slot) + tlog::path(tile)};
}

Result<Bytes> JournalTiles::read(const tlog::TileId& tile) {
  if (tile.width < tlog::kTileWidth) return rows_.read(tile);
  auto file = files_.read(slot_, tile);
  if (file || file.error().code != Code::ResourceNotFound) return file;
  return rows_.read(tile);
}

}  // namespace vitrine::ledger
