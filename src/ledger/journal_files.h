// Sealed records of journals, and the hashes over them, as files. (docs/formats/journal.md)
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "store/file_layer.h"
#include "tlog/tiles.h"

namespace vitrine::ledger {

/// One of them.
struct JournalFile {
  std::uint32_t slot = 0;
  std::variant<tlog::TileId, tlog::BundleId> id;
  bool operator==(const JournalFile&) const = default;

  /// "0000002a/tile/entries/x001/234": where it lies below the directory.
  [[nodiscard]] std::string path() const;
};

/// A folder for each slot, laid out as C2SP tlog-tiles lays out a log, but for what is not full: full entry
/// bundles and full tiles alone. Tiles are written once; in bundles facets may be closed later. Usable from
/// any thread; `write` from one at a time.
class JournalFiles {
 public:
  JournalFiles(store::FileLayer& files, std::filesystem::path directory)
      : files_(&files), directory_(std::move(directory)) {}

  /// Precondition, here and below: the tile or bundle is full. Errors: ResourceNotFound when there is no such
  /// file, DeviceFailed.
  [[nodiscard]] Result<Bytes> read(std::uint32_t slot, const tlog::TileId& tile) const;
  [[nodiscard]] Result<Bytes> read(std::uint32_t slot, const tlog::BundleId& bundle) const;

  [[nodiscard]] Result<bool> has(std::uint32_t slot, const tlog::BundleId& bundle) const;

  /// All of them, in no order. Errors: DeviceFailed.
  [[nodiscard]] Result<std::vector<JournalFile>> list() const;

  /// Durable when it returns, with the folders above it. In place of the file that was there. Errors:
  /// InsufficientStorage, DeviceFailed.
  Result<void> write(std::uint32_t slot, const tlog::TileId& tile, ConstBytes bytes);
  Result<void> write(std::uint32_t slot, const tlog::BundleId& bundle, ConstBytes bytes);

  /// Durable when it returns; nothing happens where there is no such file. Errors: DeviceFailed.
  Result<void> remove(std::uint32_t slot, const tlog::BundleId& bundle);

  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  /// "0000002a": where a slot's files lie below the directory.
  [[nodiscard]] static std::string folder(std::uint32_t slot);

 private:
  Result<void> list(std::uint32_t slot, const std::string& folder, std::vector<JournalFile>& found) const;
  [[nodiscard]] Result<Bytes> read_file(std::uint32_t slot, const std::string& path) const;
  Result<void> write_file(std::uint32_t slot, const std::string& path, ConstBytes bytes);

  store::FileLayer* files_;
  std::filesystem::path directory_;
};

}  // namespace vitrine::ledger
