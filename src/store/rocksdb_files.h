// RocksDB's file system on top of a FileLayer. Included by .cc files only.
#pragma once

#include <rocksdb/env.h>

#include <memory>

#include "store/file_layer.h"

namespace vitrine::store {

/// An Env whose every file operation is one of the layer's; threads and clock are the machine's. RocksDB's
/// own messages go nowhere. The layer must outlive it. Not for the machine's own layer: RocksDB serves itself
/// there.
std::unique_ptr<rocksdb::Env> make_env(FileLayer& files);
/// In place of the file in which RocksDB writes what it does.
std::shared_ptr<rocksdb::Logger> no_messages();

}  // namespace vitrine::store
