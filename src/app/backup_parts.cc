#include "app/backup_parts.h"

namespace vitrine::app {

std::vector<backup::KeyFile> key_files(const DataDir& data) {
  std::vector<backup::KeyFile> keys;
  std::error_code error;
  for (const auto& file : {data.operator_key(), data.log_key()})
    if (std::filesystem::exists(file, error)) keys.push_back({file.filename().string(), file});
  return keys;
}

backup::RestoreTo restore_to(const DataDir& data) {
  return {.store = data.store(),
          .log = data.log(),
          .keys = data.operator_key().parent_path(),
          .development = data.development(),
          .journals = data.journals()};
}

}  // namespace vitrine::app
