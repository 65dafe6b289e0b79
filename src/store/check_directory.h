// Looks at a store that cannot be opened as one.
#pragma once

#include <filesystem>
#include <vector>

#include "store/check.h"
#include "store/file_layer.h"

namespace vitrine::store {

/// As check() of the store that was left in `directory` and could not be opened because of `why`, as far as
/// its tables let themselves be opened for reading; if they do not, every table's file for itself. Nothing in
/// the tables' folder is changed. No process has the store open. Blocks.
CheckReport check_directory(FileLayer& files, const std::filesystem::path& directory,
                            std::vector<std::filesystem::path> extent_directories, const Error& why,
                            const CheckProgress& progress);

}  // namespace vitrine::store
