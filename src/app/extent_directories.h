// On which disks large bodies lie.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/data_dir.h"

namespace vitrine::app {

/// Where the store's extents lie: the directories asked for, separated by commas, or those of the last start
/// when none is. Errors: InvalidInput for one that is not absolute,
/// is named twice, or is left out although extents lie in it, and when none is asked for and the data
/// directory was another one when they were; DeviceFailed, InsufficientStorage.
Result<std::vector<std::filesystem::path>> find_extent_directories(const DataDir& data,
                                                                   const std::string& asked);
/// Keeps those with which the store could be opened in the file `extent-directories`, a line each behind one
/// with the data directory's own path, so that every command finds them. Errors: DeviceFailed,
/// InsufficientStorage.
Result<void> keep_extent_directories(const DataDir& data,
                                     const std::vector<std::filesystem::path>& directories);

}  // namespace vitrine::app
