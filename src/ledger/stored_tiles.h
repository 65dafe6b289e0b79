// Merkle tiles as rows of the store.
#pragma once

#include <string>

#include "store/store.h"
#include "tlog/tile_tree.h"

namespace vitrine::ledger {

/// One tree's tiles and bundles, under the keys "<prefix><C2SP path>".
class StoredTiles final : public tlog::TileStore {
 public:
  StoredTiles(store::Store& store, std::string prefix) : store_(store), prefix_(std::move(prefix)) {}

  /// Errors: Corrupt when there is none; those of Store::look_up.
  Result<Bytes> read(const tlog::TileId& tile) override { return read_path(tlog::path(tile)); }
  Result<Bytes> read(const tlog::BundleId& bundle) { return read_path(tlog::path(bundle)); }

  [[nodiscard]] store::Write write(std::string_view path, ConstBytes bytes) const;
  /// Appends the erasure of the partial tiles that a growth leaves behind.
  void erase_outgrown(std::uint64_t old_size, std::uint64_t new_size,
                      std::vector<store::Write>& writes) const;

 private:
  Result<Bytes> read_path(const std::string& path);

  store::Store& store_;
  std::string prefix_;
};

}  // namespace vitrine::ledger
