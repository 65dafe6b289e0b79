// Whole small files: keys, checkpoints, tiles, configuration.
#pragma once

#include <filesystem>
#include <string>

#include "base/bytes.h"
#include "base/error.h"

namespace vitrine {

/// Errors: ResourceNotFound when there is none, DeviceFailed when it cannot be read.
Result<std::string> read_file(const std::filesystem::path& file);

enum class FileAccess { Everyone, OwnerOnly };

/// Replaces the file in one step (written beside it, synced, renamed, directory synced): after a crash it
/// is the old one or the new one. Creates the directories above it. Errors: InsufficientStorage,
/// DeviceFailed.
Result<void> replace_file(const std::filesystem::path& file, ConstBytes content,
                          FileAccess access = FileAccess::Everyone);

}  // namespace vitrine
