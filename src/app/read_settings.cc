#include "app/read_settings.h"

#include "app/option_file.h"

namespace vitrine::app {

Result<Settings> read_settings(const std::string& config, const Values& flags) {
  auto environment = process_environment();
  auto file = config.empty() ? environment(variable_of(kConfig)).value_or("") : config;
  return combine(file.empty() ? std::string() : TRY(read_option_file("--config", file)), environment, flags);
}

}  // namespace vitrine::app
