#include "app/analysis_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/encoding.h"
#include "base/file.h"
#include "crypto/digest.h"

namespace vitrine::app {
namespace {

namespace fs = std::filesystem;

/// The folder of this program.
fs::path program_folder() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path();
}

fs::path find_models(const fs::path& from) {
  std::error_code error;
  if (auto installed = from.parent_path() / "share/vitrine/models"; fs::is_directory(installed, error))
    return installed;
  for (auto folder = from; folder.has_relative_path(); folder = folder.parent_path())
    if (fs::is_directory(folder / "models/cache", error)) return folder / "models/cache";
  return {};
}

Result<std::vector<fs::path>> files_of(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.is_regular_file(error)) files.push_back(entry.path());
  if (error)
    return fail(Code::DeviceFailed, fmt::format("Reading {} failed: {}.", folder.string(), error.message()));
  std::ranges::sort(files);
  return files;
}

Result<std::string> name_model_set(const fs::path& folder) {
  crypto::Sha256 all;
  for (const auto& file : TRY(files_of(folder))) {
    all.update(as_bytes(file.filename().string()));
    all.update(crypto::sha256(as_bytes(TRY(read_file(file)))));
  }
  return to_hex(all.finish());
}

}  // namespace

Result<AnalysisParts> find_analysis_parts(const Settings& settings) {
  std::error_code error;
  if (!settings.worker.empty() && !fs::is_regular_file(settings.worker, error))
    return fail(Code::InvalidInput,
                fmt::format("--worker: There is no worker program at {}.", settings.worker.string()));
  if (!settings.models.empty() && !fs::is_directory(settings.models, error))
    return fail(Code::InvalidInput,
                fmt::format("--models: There is no folder of models at {}.", settings.models.string()));
  auto from = program_folder();
  AnalysisParts parts{.worker = settings.worker.empty() ? from / "vitrine-worker" : settings.worker,
                      .models = settings.models.empty() ? find_models(from) : settings.models,
                      .model_set = {}};
  if (!parts.models.empty()) parts.model_set = TRY(name_model_set(parts.models));
  return parts;
}

}  // namespace vitrine::app
