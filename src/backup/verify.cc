#include "backup/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace vitrine::backup {
namespace {

class Verification {
 public:
  Verification(const Folder& folder, const Effort& effort) : folder_(folder), spending_(effort) {}

  Result<void> backup(Number number) {
    verified_.backups.push_back(number);
    const auto manifest = folder_.manifest(number);
    if (!manifest) {
      add_fault(folder_of(number) + "/manifest", manifest.error().message);
      verified_.spoiled.push_back(number);
      return {};
    }
    for (const auto& place : manifest->damaged)
      if (!contains(verified_.damaged, place)) verified_.damaged.push_back(place);
    for (const auto& line : manifest->files)
      if (seen_.insert(line.path).second) TRY(file(line));
    // Backups share files.
    if (std::ranges::any_of(manifest->files, [&](const auto& line) { return faulty_.contains(line.path); }))
      verified_.spoiled.push_back(number);
    return {};
  }

  Verified take() { return std::move(verified_); }

 private:
  void add_fault(const std::string& path, std::string what) {
    faulty_.insert(path);
    verified_.faults.push_back({path, std::move(what)});
  }

  Result<void> file(const FileLine& line) {
    ++verified_.files;
    const auto content = content_of(folder_.files(), folder_.file(line.path), spending_);
    if (!content && content.error().code == Code::Cancelled) return std::unexpected(content.error());
    if (!content) {
      add_fault(line.path, content.error().message);
      return {};
    }
    verified_.bytes += content->length;
    if (content->length != line.length)
      add_fault(line.path, fmt::format("has {} bytes and had {}", content->length, line.length));
    else if (content->digest != line.digest)
      add_fault(line.path, "does not have its digest");
    return {};
  }

  const Folder& folder_;
  Spending spending_;
  std::set<std::string> seen_, faulty_;
  Verified verified_;
};

}  // namespace

Result<Verified> verify(const Folder& folder, std::optional<Number> number, const Effort& effort) {
  Verification verification(folder, effort);
  if (number && !TRY(folder.is_complete(*number))) (void)TRY(folder.manifest(*number));
  for (const auto each : TRY(folder.numbers()))
    if (number ? each == *number : TRY(folder.is_complete(each))) TRY(verification.backup(each));
  return verification.take();
}

}  // namespace vitrine::backup
