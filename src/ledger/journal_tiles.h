// The tiles of a journal's tree: rows of the store while they grow, files once they are full.
#pragma once

#include "ledger/journal_files.h"
#include "ledger/stored_tiles.h"

namespace vitrine::ledger {

/// "journal/0000002a/": under it the tiles of the journal in a slot are rows.
std::string journal_tiles_prefix(std::uint32_t slot);
store::Key journal_tile_key(std::uint32_t slot, const tlog::TileId& tile);

class JournalTiles final : public tlog::TileStore {
 public:
  JournalTiles(store::Store& store, JournalFiles files, std::uint32_t slot)
      : slot_(slot), files_(std::move(files)), rows_(store, journal_tiles_prefix(slot)) {}

  /// Errors: Corrupt when there is none; those of Store::look_up; DeviceFailed.
  Result<Bytes> read(const tlog::TileId& tile) override;
  [[nodiscard]] const StoredTiles& rows() const { return rows_; }

 private:
  std::uint32_t slot_;
  JournalFiles files_;
  StoredTiles rows_;
};

}  // namespace vitrine::ledger
