#include "app/extent_directories.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"

namespace vitrine::app {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find(separator));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

Result<std::vector<fs::path>> parse(const std::string& asked) {
  std::vector<fs::path> directories;
  for (const auto& text : split(asked, ',')) {
    auto directory = fs::path(text).lexically_normal();
    if (!directory.has_filename()) directory = directory.parent_path();
    if (!directory.is_absolute() || text.contains('\n'))
      return fail(Code::InvalidInput, fmt::format("--extent-dirs: '{}' is not an absolute path.", text));
    if (std::ranges::find(directories, directory) != directories.end())
      return fail(Code::InvalidInput, fmt::format("--extent-dirs names {} twice.", text));
    directories.push_back(directory);
  }
  return directories;
}

Result<bool> holds_extents(const fs::path& directory) {
  std::error_code error;
  if (!fs::exists(directory, error) && !error) return false;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().extension() == ".extent") return true;
  if (!error) return false;
  return fail(Code::DeviceFailed, fmt::format("{} cannot be read: {}.", directory.string(), error.message()));
}

}  // namespace

Result<std::vector<fs::path>> settle_extent_directories(const DataDir& data, const std::string& asked) {
  const auto file = data.root / "extent-directories";
  const auto text = read_file(file);
  if (!text && text.error().code != Code::ResourceNotFound) return std::unexpected(text.error());
  std::vector<fs::path> last{data.store() / "extents"};
  if (text) {
    const auto lines = split(*text, '\n');
    last.assign(lines.begin(), lines.end());
  }
  if (asked.empty()) return last;
  auto now = TRY(parse(asked));
  std::string kept;
  for (const auto& directory : now) kept += directory.string() + "\n";
  for (const auto& directory : last)
    if (std::ranges::find(now, directory) == now.end() && TRY(holds_extents(directory)))
      return fail(
          Code::InvalidInput,
          fmt::format("--extent-dirs leaves {} out, where bodies are stored: name it, too, or move its "
                      "files into one of the others.",
                      directory.string()));
  if (!text || *text != kept) TRY(replace_file(file, as_bytes(kept)));
  return now;
}

}  // namespace vitrine::app
