// vitrine serve
#pragma once

#include <CLI/App.hpp>

namespace vitrine::app {

/// Adds the command; its callback sets `status`, the exit status.
void add_serve_command(CLI::App& app, int& status);

}  // namespace vitrine::app
