#include "backup/folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/log.h"

namespace vitrine::backup {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMark = "vitrine-backups";
constexpr std::string_view kMarkText = "Backups of a Vitrine server; `vitrine backup list` tells which.\n";
constexpr const char* kManifest = "manifest";
constexpr std::string_view kNew = ".new";

std::optional<Number> number_of(const std::string& name) {
  Number number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size() || number == 0 || folder_of(number) != name)
    return std::nullopt;
  return number;
}

Result<std::string> read_whole(store::FileLayer& files, const fs::path& file) {
  const auto in = TRY(files.open_for_reading(file));
  Bytes bytes(TRY(in->size()));
  bytes.resize(TRY(in->read_at(0, bytes)));
  return std::string(as_text(bytes));
}

}  // namespace

Result<Folder> Folder::open(const fs::path& path, store::FileLayer& files) {
  if (TRY(files.status(path / kMark))) return Folder(files, path);
  return fail(Code::InvalidInput,
              fmt::format("There are no backups of a Vitrine server in {}.", path.string()));
}

Result<Folder> Folder::open_or_create(store::FileLayer& files, const fs::path& path) {
  TRY(files.make_directory(path));
  if (TRY(files.status(path / kMark))) return Folder(files, path);
  // A crash may have left the mark half written.
  for (const auto& name : TRY(files.list(path)))
    if (name != std::string(kMark) + std::string(kNew))
      return fail(Code::InvalidInput,
                  fmt::format("{} is neither empty nor a folder of backups: name another.", path.string()));
  TRY(store::replace_content(files, path / kMark, as_bytes(kMarkText)));
  return Folder(files, path);
}

Result<std::unique_ptr<store::FileLock>> Folder::lock() const {
  auto held = files_->lock(path_ / kMark);
  if (held) return held;
  if (held.error().code != Code::ServerBusy) {
    log::warn("the folder of backups cannot be locked: see that no other backup is made in it meanwhile",
              {{"error", held.error().message}});
    return nullptr;
  }
  return fail(Code::ServerBusy,
              fmt::format("A backup into {} is under way already: wait for its end.", path_.string()));
}

Result<std::vector<Number>> Folder::numbers() const {
  std::vector<Number> numbers;
  for (const auto& name : TRY(files_->list(path_)))
    if (const auto number = number_of(name)) numbers.push_back(*number);
  std::ranges::sort(numbers);
  return numbers;
}

fs::path Folder::manifest_file(Number number) const {
  return path_ / folder_of(number) / kManifest;
}

Result<bool> Folder::is_complete(Number number) const {
  return TRY(files_->status(manifest_file(number))).has_value();
}

Result<Manifest> Folder::manifest(Number number) const {
  if (!TRY(is_complete(number)))
    return fail(Code::InvalidInput, fmt::format("There is no finished backup {} in {}; `vitrine backup list` "
                                                "tells which there are.",
                                                number, path_.string()));
  auto manifest = TRY(Manifest::parse(TRY(read_whole(*files_, manifest_file(number)))));
  if (manifest.number == number) return manifest;
  return fail(Code::Corrupt,
              fmt::format("{} is the manifest of another backup.", manifest_file(number).string()));
}

Result<std::optional<Number>> Folder::newest() const {
  std::optional<Number> newest;
  for (const auto number : TRY(numbers()))
    if (TRY(is_complete(number))) newest = number;
  return newest;
}

Result<void> Folder::finish(const Manifest& manifest) const {
  return store::replace_content(*files_, manifest_file(manifest.number), as_bytes(manifest.text()));
}

Result<void> Folder::sweep() const {
  std::set<std::string> kept;
  const auto numbers = TRY(this->numbers());
  for (const auto number : numbers) {
    if (!TRY(is_complete(number))) continue;
    auto read = manifest(number);
    if (!read) {
      log::warn("a backup's manifest cannot be read: what unfinished backups left there stays",
                {{"backup", folder_of(number)}, {"error", read.error().message}});
      return {};
    }
    for (auto& file : read->files) kept.insert(std::move(file.path));
    kept.insert(fmt::format("{}/{}", folder_of(number), kManifest));
  }
  for (const auto number : numbers) TRY(sweep(folder_of(number), kept));
  return {};
}

Result<void> Folder::sweep(const std::string& inside, const std::set<std::string>& kept) const {
  for (const auto& name : TRY(files_->list(path_ / inside))) {
    const auto path = fmt::format("{}/{}", inside, name);
    const auto status = TRY(files_->status(path_ / path));
    if (status && status->is_directory)
      TRY(sweep(path, kept));
    else if (status && !kept.contains(path))
      TRY(files_->remove(path_ / path));
  }
  return {};
}

}  // namespace vitrine::backup
