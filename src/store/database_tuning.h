// RocksDB's settings. Included by .cc files only.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/db.h>

#include <memory>
#include <string>
#include <vector>

#include "store/database.h"

namespace vitrine::store {

rocksdb::DBOptions database_options(Database::Sizes sizes);
/// One descriptor a family, in the order of Family.
std::vector<rocksdb::ColumnFamilyDescriptor> family_descriptors(Database::Sizes sizes,
                                                                const std::shared_ptr<rocksdb::Cache>& cache);

}  // namespace vitrine::store
