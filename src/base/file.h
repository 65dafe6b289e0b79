// Whole small files: keys, checkpoints, tiles, configuration.
#pragma once

#include <filesystem>
#include <string>

#include "base/bytes.h"
#include "base/error.h"

namespace vitrine {

/// Errors: ResourceNotFound when there is none, DeviceFailed when it cannot be read.
Result<std::string> read_file(const std::filesystem::path& file);
/// Of others, who may have put anything there. Errors: as there; Corrupt when it is a pipe or a device,
/// which is not waited for, or has more than `most` bytes.
Result<std::string> read_regular_file(const std::filesystem::path& file, std::size_t most);

enum class FileAccess { Everyone, OwnerOnly };

/// Replaces the file in one step (written beside it, synced, renamed, directory synced): after a crash it
/// is the old one or the new one. Creates the directories above it. Errors: InsufficientStorage,
/// DeviceFailed.
Result<void> replace_file(const std::filesystem::path& file, ConstBytes content,
                          FileAccess access = FileAccess::Everyone);

/// For many files of which none counts before something else names them: as replace_file(), but what is there
/// after a crash is known only once sync_file_system() has returned. Errors: as there.
Result<void> replace_file_unsynced(const std::filesystem::path& file, ConstBytes content);
/// Makes everything durable that was written to the directory's file system. Errors: InsufficientStorage,
/// DeviceFailed.
Result<void> sync_file_system(const std::filesystem::path& directory);

}  // namespace vitrine
