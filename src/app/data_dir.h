// Where things lie in the data directory.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"

namespace vitrine::app {

struct DataDir {
  std::filesystem::path root;

  [[nodiscard]] std::filesystem::path store() const { return root / "store"; }
  /// The published files of the public log: any web server may serve them.
  [[nodiscard]] std::filesystem::path log() const { return root / "log"; }
  [[nodiscard]] std::filesystem::path log_key() const { return root / "keys" / "log.key"; }
  [[nodiscard]] std::filesystem::path operator_token() const { return root / "keys" / "operator.token"; }
};

/// Creates the directory, and its keys folder for the owner only. Errors: DeviceFailed.
Result<void> prepare(const DataDir& data);

/// The token file's line, or a new token of 32 random bytes in hexadecimal. Errors: DeviceFailed; Corrupt
/// when the file holds less than 32 characters.
Result<std::string> load_or_create_operator_token(const DataDir& data);
/// Errors: ResourceNotFound, DeviceFailed, Corrupt.
Result<std::string> read_operator_token(const std::filesystem::path& file);

}  // namespace vitrine::app
