// Options that a variable can set, too.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <string>

namespace vitrine::app {

/// Who said what an option is; the later ones win.
enum class NamedBy : std::uint8_t { Default, Variable, Flag };

/// Adds an option that begins with the variable's value when that is set and not empty; the flag wins.
/// CLI11's own way (envname) gives a variable's value to the options of commands that were not called as
/// well, after the flags of the one that was, and commands share what their options set. `named` outlives the
/// command, if it is wanted.
CLI::Option* add_option_with_variable(CLI::App* command, const std::string& flag, std::string& value,
                                      const std::string& help, const char* variable,
                                      NamedBy* named = nullptr);

}  // namespace vitrine::app
