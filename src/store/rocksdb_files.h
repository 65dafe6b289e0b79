// RocksDB's file system on top of a FileLayer. Included by .cc files only.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/io_status.h>

#include <filesystem>
#include <memory>

#include "store/file_layer.h"

namespace vitrine::store {

/// An Env whose every file operation is one of the layer's, or RocksDB's own where that is the machine's
/// layer; threads and clock are the machine's. It notes how far the directory's manifest was synced. The
/// layer must outlive it.
std::unique_ptr<rocksdb::Env> make_env(FileLayer& files, const std::filesystem::path& directory);
/// An error of the layer in RocksDB's terms.
rocksdb::IOStatus io_status(const Error& error);

}  // namespace vitrine::store
