// What of a data directory goes into a backup beside the store.
#pragma once

#include <vector>

#include "app/data_dir.h"
#include "backup/create.h"
#include "backup/restore.h"

namespace vitrine::app {

/// The key files that are there.
std::vector<backup::KeyFile> key_files(const DataDir& data);

/// Where a backup's parts go when a data directory is made from it.
backup::RestoreTo restore_to(const DataDir& data);

}  // namespace vitrine::app
