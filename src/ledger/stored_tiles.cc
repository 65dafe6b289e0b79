#include "ledger/stored_tiles.h"

#include <fmt/format.h>

namespace vitrine::ledger {

store::Write StoredTiles::write(std::string_view path, ConstBytes bytes) const {
  return {{store::Table::State, prefix_ + std::string(path)}, std::string(as_text(bytes))};
}

void StoredTiles::erase_outgrown(std::uint64_t old_size, std::uint64_t new_size,
                                 std::vector<store::Write>& writes) const {
  if (old_size == new_size) return;
  unsigned level = 0;
  for (auto nodes = old_size; nodes > 0; nodes /= tlog::kTileWidth, ++level) {
    auto index = nodes / tlog::kTileWidth;
    auto width = tlog::tile_width(level, index, old_size);
    if (width == 0 || width == tlog::tile_width(level, index, new_size)) continue;
    writes.push_back(
        {{store::Table::State, prefix_ + tlog::path(tlog::TileId{level, index, width})}, std::nullopt});
    if (level == 0)
      writes.push_back(
          {{store::Table::State, prefix_ + tlog::path(tlog::BundleId{index, width})}, std::nullopt});
  }
}

Result<Bytes> StoredTiles::read_path(const std::string& path) {
  auto entry = TRY(look_up_({store::Table::State, prefix_ + path}));
  if (!entry.exists())
    return fail(Code::Corrupt, fmt::format("The store lacks the tile {}{}.", prefix_, path));
  return to_bytes(as_bytes(entry.value));
}

}  // namespace vitrine::ledger
