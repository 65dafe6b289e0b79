#include "backup/folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <set>

#include "base/file.h"

namespace vitrine::backup {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMark = "vitrine-backups";
constexpr std::string_view kMarkText = "Backups of a Vitrine server; `vitrine backup list` tells which.\n";
constexpr const char* kManifest = "manifest";
constexpr std::string_view kNew = ".new";

std::unexpected<Error> failed(const char* doing, const fs::path& path, const std::error_code& error) {
  return fail(Code::DeviceFailed, fmt::format("{} {} failed: {}.", doing, path.string(), error.message()));
}

std::optional<Number> number_of(const fs::path& folder) {
  const auto name = folder.filename().string();
  Number number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size() || number == 0 || folder_of(number) != name)
    return std::nullopt;
  return number;
}

}  // namespace

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<Folder> Folder::open(const fs::path& path) {
  std::error_code error;
  if (fs::exists(path / kMark, error)) return Folder(path);
  if (error) return failed("Reading", path, error);
  return fail(Code::InvalidInput,
              fmt::format("There are no backups of a Vitrine server in {}.", path.string()));
}

Result<Folder> Folder::open_or_create(store::FileLayer& files, const fs::path& path) {
  std::error_code error;
  TRY(files.make_directory(path));
  if (fs::exists(path / kMark, error)) return Folder(path);
  // A crash may have left the mark half written.
  for (const auto& name : TRY(files.list(path)))
    if (name != std::string(kMark) + std::string(kNew))
      return fail(Code::InvalidInput,
                  fmt::format("{} is neither empty nor a folder of backups: name another.", path.string()));
  TRY(replace_file(path / kMark, as_bytes(kMarkText)));
  return Folder(path);
}

Result<FolderLock> Folder::lock() const {
  const auto descriptor = ::open((path_ / kMark).c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failed("Opening", path_ / kMark, {errno, std::generic_category()});
  FolderLock held(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return held;
  return fail(Code::ServerBusy,
              fmt::format("A backup into {} is under way already: wait for its end.", path_.string()));
}

Result<std::vector<Number>> Folder::numbers() const {
  std::vector<Number> numbers;
  std::error_code error;
  fs::directory_iterator entry(path_, error);
  for (const fs::directory_iterator end; !error && entry != end; entry.increment(error))
    if (const auto number = number_of(entry->path())) numbers.push_back(*number);
  if (error) return failed("Listing", path_, error);
  std::ranges::sort(numbers);
  return numbers;
}

fs::path Folder::manifest_file(Number number) const {
  return path_ / folder_of(number) / kManifest;
}

bool Folder::is_complete(Number number) const {
  std::error_code error;
  return fs::exists(manifest_file(number), error);
}

Result<Manifest> Folder::manifest(Number number) const {
  const auto text = read_file(manifest_file(number));
  if (!text && text.error().code == Code::ResourceNotFound)
    return fail(Code::InvalidInput, fmt::format("There is no finished backup {} in {}; `vitrine backup list` "
                                                "tells which there are.",
                                                number, path_.string()));
  auto manifest = TRY(Manifest::parse(TRY(text)));
  if (manifest.number == number) return manifest;
  return fail(Code::Corrupt,
              fmt::format("{} is the manifest of another backup.", manifest_file(number).string()));
}

Result<std::optional<Number>> Folder::newest() const {
  std::optional<Number> newest;
  for (const auto number : TRY(numbers()))
    if (is_complete(number)) newest = number;
  return newest;
}

Result<void> Folder::finish(const Manifest& manifest) const {
  return replace_file(manifest_file(manifest.number), as_bytes(manifest.text()));
}

Result<void> Folder::sweep(store::FileLayer& files) const {
  std::set<std::string> kept;
  for (const auto number : TRY(numbers())) {
    if (!is_complete(number)) continue;
    auto read = manifest(number);
    if (!read) return {};
    for (auto& file : read->files) kept.insert(std::move(file.path));
    kept.insert(fmt::format("{}/{}", folder_of(number), kManifest));
  }
  for (const auto number : TRY(numbers())) {
    std::error_code error;
    std::vector<fs::path> doomed;
    fs::recursive_directory_iterator entry(path_ / folder_of(number), error);
    for (const fs::recursive_directory_iterator end; !error && entry != end; entry.increment(error))
      if (!entry->is_directory() && !kept.contains(fs::relative(entry->path(), path_).generic_string()))
        doomed.push_back(entry->path());
    if (error) return failed("Listing", path_ / folder_of(number), error);
    for (const auto& file : doomed) TRY(files.remove(file));
  }
  return {};
}

}  // namespace vitrine::backup
