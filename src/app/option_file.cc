#include "app/option_file.h"

#include <fmt/format.h>

#include "base/file.h"

namespace vitrine::app {

Error at_option(std::string_view option, const Error& problem) {
  return {Code::InvalidInput, fmt::format("{}: {}", option, problem.message), {}};
}

Result<std::string> read_option_file(std::string_view option, const std::filesystem::path& file) {
  auto text = read_file(file);
  if (!text) return std::unexpected(at_option(option, text.error()));
  return text;
}

}  // namespace vitrine::app
