// What analysis needs from the machine: the worker program and the models.
#pragma once

#include <filesystem>
#include <string>

#include "app/settings.h"
#include "base/error.h"

namespace vitrine::app {

/// Paths that may lead to nothing: then analysis answers that it is unavailable, and all else works.
struct AnalysisParts {
  std::filesystem::path worker;
  std::filesystem::path models;
  /// SHA-256 over names and contents of the models' files; names the set. Empty without models.
  std::string model_set;
};

/// Takes what the settings say. Otherwise the worker is looked for beside this program, the models in
/// ../share/vitrine/models from there and in models/cache of every folder above. Errors: InvalidInput when
/// the settings name something that is not there; DeviceFailed.
Result<AnalysisParts> find_analysis_parts(const Settings& settings);

}  // namespace vitrine::app
