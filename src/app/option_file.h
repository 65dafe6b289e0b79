// Files that options name.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace vitrine::app {

/// The failure, with the option that brought it about at the front of its sentence.
Error at_option(std::string_view option, const Error& problem);

/// The text of a file that an option names. Errors: InvalidInput, naming the option.
Result<std::string> read_option_file(std::string_view option, const std::filesystem::path& file);

}  // namespace vitrine::app
