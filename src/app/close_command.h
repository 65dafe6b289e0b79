// vitrine close: evidence that shows less, to be passed on.
#pragma once

#include <CLI/App.hpp>

namespace vitrine::app {

/// Adds the command; its callback sets `status`.
void add_close_command(CLI::App& app, int& status);

}  // namespace vitrine::app
