// vitrine show: evidence for people to read.
#pragma once

#include <CLI/App.hpp>

namespace vitrine::app {

/// Adds the command; its callback sets `status`.
void add_show_command(CLI::App& app, int& status);

}  // namespace vitrine::app
