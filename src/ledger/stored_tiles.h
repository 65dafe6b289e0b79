// Merkle tiles as rows of the store.
#pragma once

#include <functional>
#include <string>

#include "store/store.h"
#include "tlog/tile_tree.h"

namespace vitrine::ledger {

/// One tree's tiles and bundles, under the keys "<prefix><C2SP path>".
class StoredTiles final : public tlog::TileStore {
 public:
  /// How rows are read: those of a store, or of a frozen copy of one.
  using LookUp = std::function<Result<store::Entry>(const store::Key&)>;

  StoredTiles(LookUp look_up, std::string prefix)
      : look_up_(std::move(look_up)), prefix_(std::move(prefix)) {}
  StoredTiles(store::Store& store, std::string prefix)
      : StoredTiles([&store](const store::Key& key) { return store.look_up(key); }, std::move(prefix)) {}

  /// Errors: Corrupt when there is none; those of Store::look_up.
  Result<Bytes> read(const tlog::TileId& tile) override { return read_path(tlog::path(tile)); }
  Result<Bytes> read(const tlog::BundleId& bundle) { return read_path(tlog::path(bundle)); }

  [[nodiscard]] store::Write write(std::string_view path, ConstBytes bytes) const;
  /// Appends the erasure of the partial tiles that a growth leaves behind.
  void erase_outgrown(std::uint64_t old_size, std::uint64_t new_size,
                      std::vector<store::Write>& writes) const;

 private:
  Result<Bytes> read_path(const std::string& path);

  LookUp look_up_;
  std::string prefix_;
};

}  // namespace vitrine::ledger
