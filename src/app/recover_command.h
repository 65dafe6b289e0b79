// vitrine recover
#pragma once

#include <CLI/App.hpp>

namespace vitrine::app {

/// Adds the command; its callback sets `status`.
void add_recover_command(CLI::App& app, int& status);

}  // namespace vitrine::app
