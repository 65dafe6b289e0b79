#include "app/option_variable.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/settings.h"

namespace vitrine::app {

CLI::Option* add_option_with_variable(CLI::App* command, const std::string& flag, std::string& value,
                                      const std::string& help, const char* variable, NamedBy* named) {
  if (auto set = process_environment()(variable); set && !set->empty()) {
    value = std::move(*set);
    if (named) *named = NamedBy::Variable;
  }
  auto* option = command->add_option(flag, value, fmt::format("{}; also the variable {}", help, variable));
  if (named) option->each([named](const std::string&) { *named = NamedBy::Flag; });
  return option;
}

}  // namespace vitrine::app
