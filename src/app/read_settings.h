// The settings of a command, from all their sources.
#pragma once

#include "app/settings.h"

namespace vitrine::app {

/// The setting that names the file of all others.
inline constexpr const char* kConfig = "config";

/// Combines flags, the process's variables and the TOML file `config`, or that of VITRINE_CONFIG when it is
/// empty. Errors: those of combine; InvalidInput when the file cannot be read.
Result<Settings> read_settings(const std::string& config, const Values& flags);

}  // namespace vitrine::app
