// Reading the file of a table for what the disk did to it.
#pragma once

#include <filesystem>

#include "base/error.h"
#include "store/file_layer.h"

namespace vitrine::store {

/// Reads all blocks of a table's immutable file, past every cache of the database's. Errors: Corrupt, with
/// the place in the file, or because it was written under another name; DeviceFailed.
Result<void> check_table_file(FileLayer& files, const std::filesystem::path& file);

}  // namespace vitrine::store
