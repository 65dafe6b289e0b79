// What a crash leaves at the end of RocksDB's manifest is told apart from damage to what was synced.
//
// RocksDB relies on nothing in its manifest, the list of its files, before it was synced; but it opens none
// that ends in a torn record, and whoever looks at such bytes later cannot tell whether they had been synced.
// So the length of the synced part is noted beside it, in MANIFEST.synced: the manifest's number and that
// length, 8 bytes each, and the CRC-32C of both, all little-endian. They lie in one sector, which is written
// whole or not at all. Included by .cc files only.
#pragma once

#include <rocksdb/file_system.h>

#include <filesystem>
#include <memory>

#include "base/error.h"
#include "store/file_layer.h"

namespace vitrine::store {

/// `base`, with the note kept for the manifests of one directory: a manifest's sync succeeds only when it was
/// noted. The layer must outlive it.
std::shared_ptr<rocksdb::FileSystem> note_manifest_syncs(const std::shared_ptr<rocksdb::FileSystem>& base,
                                                         FileLayer& files,
                                                         const std::filesystem::path& directory);

/// Whether the current manifest can be read as far as it was synced; also of a database in use. Errors: those
/// of a FileLayer; Corrupt, also when CURRENT names no manifest that is there,
/// or when the note is damaged.
Result<void> check_manifest(FileLayer& files, const std::filesystem::path& directory);

/// Cuts torn bytes off the current manifest if all of them lie behind what was synced. Damage where there is
/// no note stays for RocksDB to refuse. Errors: as those of a FileLayer; Corrupt when CURRENT names no
/// manifest that is there, or when it cannot be read as far as it was synced.
Result<void> cut_torn_manifest(FileLayer& files, const std::filesystem::path& directory);

}  // namespace vitrine::store
