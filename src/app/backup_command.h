// The parts of `vitrine backup`.
#pragma once

#include <CLI/App.hpp>

namespace vitrine::app {

/// Each adds its commands to `vitrine backup`.
void add_backup_create(CLI::App& backup, int& status);
void add_backup_list_and_verify(CLI::App& backup, int& status);
void add_backup_restore(CLI::App& backup, int& status);

}  // namespace vitrine::app
