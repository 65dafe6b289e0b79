// vitrine verify receipt | log
#pragma once

#include <CLI/App.hpp>

namespace vitrine::app {

/// Adds the commands; their callbacks set `status`: 0 verified, 1 not, 2 asked wrongly.
void add_verify_command(CLI::App& app, int& status);

}  // namespace vitrine::app
