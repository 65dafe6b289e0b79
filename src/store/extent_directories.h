// Which directories are a store's own, so that a disk that is not mounted, or another store's, is noticed.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "store/file_layer.h"

namespace vitrine::store {

class Database;

/// Random: tells a store from every other one, also from one that was restored from its backup.
using StoreId = std::array<std::uint8_t, 16>;

/// The file in each directory that says whose it is (docs/formats/extent.md).
constexpr const char* kMarkerName = "vitrine-store";
/// What it holds; the number tells the directories of a store apart.
std::string marker_of(const StoreId& store, std::uint64_t number);

/// A directory that may be written to and tidied up. No other server has it as long as the lock lives.
struct OwnDirectory {
  std::filesystem::path path;
  std::unique_ptr<FileLock> lock;
};

/// The numbers of the extents in which something lives.
Result<std::set<std::uint64_t>> live_extents(const Database& database);

/// Makes sure of each directory before anything in it is touched. One that is new to the store must hold no
/// extent; it gets its marker. A store that had no markers yet gets them when no extent is missing. Errors:
/// Unavailable, with what to do, when a directory has lost its marker, has another store's, is held by
/// another server, or when one was left out that holds extents; DeviceFailed, Corrupt, InsufficientStorage.
Result<std::vector<OwnDirectory>> own_extent_directories(
    FileLayer& files, Database& database, const std::vector<std::filesystem::path>& directories);

/// Makes a copied database's store one of its own: the next opening gives it an id and markers. Errors: as
/// those of Database.
Result<void> forget_extent_directories(FileLayer& files, const std::filesystem::path& metadata);

}  // namespace vitrine::store
