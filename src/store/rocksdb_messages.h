// RocksDB's own messages. Included by .cc files only.
#pragma once

#include <rocksdb/env.h>

#include <memory>

namespace vitrine::store {

/// Sends RocksDB's errors to the process's log. In a file beside the tables, as RocksDB keeps
/// them by itself, they take room on the disk, and Debian's RocksDB aborts where there is none for them.
std::shared_ptr<rocksdb::Logger> rocksdb_messages();

}  // namespace vitrine::store
