#include "app/extent_directories.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

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

/// What the file says.
struct Kept {
  /// Of the data directory when they were named; empty when an earlier version of the program kept them.
  std::string root;
  std::vector<fs::path> directories;

  friend bool operator==(const Kept&, const Kept&) = default;
};

constexpr std::string_view kRoot = "data directory ";

fs::path file_of(const DataDir& data) {
  return data.root / "extent-directories";
}

Result<std::optional<Kept>> read_kept(const DataDir& data) {
  auto text = read_file(file_of(data));
  if (!text && text.error().code == Code::ResourceNotFound) return std::nullopt;
  Kept kept;
  for (const auto& line : split(TRY(std::move(text)), '\n'))
    if (line.starts_with(kRoot))
      kept.root = line.substr(kRoot.size());
    else
      kept.directories.emplace_back(line);
  return kept;
}

Result<void> write_kept(const DataDir& data, const Kept& kept) {
  auto text = fmt::format("{}{}\n", kRoot, kept.root);
  for (const auto& directory : kept.directories) text += directory.string() + "\n";
  return replace_file(file_of(data), as_bytes(text));
}

std::string root_of(const DataDir& data) {
  std::error_code error;
  return fs::weakly_canonical(data.root, error).string();
}

}  // namespace

Result<std::vector<fs::path>> find_extent_directories(const DataDir& data, const std::string& asked) {
  const auto root = root_of(data);
  const auto kept = TRY(read_kept(data));
  auto last = kept ? kept->directories : std::vector<fs::path>{data.store() / "extents"};
  if (asked.empty()) {
    if (!kept || kept->root.empty() || kept->root == root) return last;
    return fail(Code::InvalidInput,
                fmt::format("The extent directories of {} were named when it was {}: in a copy they are "
                            "still those of the original. Name this one's own by --extent-dirs; if it was "
                            "only moved, the same ones again.",
                            root, kept->root));
  }
  auto now = TRY(parse(asked));
  for (const auto& directory : last)
    if (std::ranges::find(now, directory) == now.end() &&
        (!kept || kept->root.empty() || kept->root == root) && TRY(holds_extents(directory)))
      return fail(
          Code::InvalidInput,
          fmt::format("--extent-dirs leaves {} out, where bodies are stored: name it, too, or move its "
                      "files into one of the others.",
                      directory.string()));
  return now;
}

Result<void> keep_extent_directories(const DataDir& data, const std::vector<fs::path>& directories) {
  const auto kept = TRY(read_kept(data));
  const bool is_default = !kept && directories == std::vector<fs::path>{data.store() / "extents"};
  const Kept now{root_of(data), directories};
  return is_default || kept == now ? Result<void>() : write_kept(data, now);
}

}  // namespace vitrine::app
