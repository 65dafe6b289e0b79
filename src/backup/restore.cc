#include "backup/restore.h"

#include <fmt/format.h>

#include <algorithm>

#include "backup/extent_part.h"
#include "ledger/public_log.h"
#include "store/extent.h"
#include "store/extent_directories.h"
#include "store/extent_set.h"
#include "store/store.h"

namespace vitrine::backup {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;

std::unexpected<Error> not_as_written(const FileLine& line) {
  return fail(Code::Corrupt,
              fmt::format("{} in the backup is not as it was written: restore another backup.", line.path));
}

class Restoration {
 public:
  Restoration(const Folder& folder, Manifest manifest, const RestoreOptions& options, const Effort& effort)
      : folder_(folder), options_(options), spending_(effort) {
    restored_.manifest = std::move(manifest);
  }

  Result<Restored> run() {
    for (const auto& directory : {metadata(), extents(), options_.to.keys})
      TRY(options_.files->make_directory(directory));
    for (const auto& line : restored_.manifest.files) TRY(file(line));
    TRY(finish_extent());
    for (const auto& directory : {metadata(), extents(), options_.to.keys})
      TRY(options_.files->sync_directory(directory));
    TRY(look());
    return std::move(restored_);
  }

 private:
  [[nodiscard]] std::filesystem::path metadata() const { return options_.to.store / "metadata"; }
  [[nodiscard]] std::filesystem::path extents() const { return options_.to.store / "extents"; }

  Result<void> file(const FileLine& line) {
    const auto path = TRY(parse_file_path(line.path));
    switch (path.kind) {
      case FileKind::Metadata:
        return copy(line, metadata() / path.name);
      case FileKind::ExtentPart:
        return part(line, path.extent);
      case FileKind::Mark:
        return copy(line, options_.to.development);
      case FileKind::Checkpoint:
        return {};  // the store has it
      case FileKind::Key:
        break;
    }
    restored_.has_keys = true;
    return copy(line, options_.to.keys / path.name);
  }

  Result<void> copy(const FileLine& line, const std::filesystem::path& to) {
    const auto content = TRY(copy_file(*options_.files, folder_.file(line.path), to, spending_));
    if (content.digest != line.digest || content.length != line.length) return not_as_written(line);
    return {};
  }

  /// Parts come in the order of their backups, so that of two claims to a place the newer one holds.
  Result<void> part(const FileLine& line, std::uint64_t number) {
    auto in = TRY(Source::open(folder_.file(line.path)));
    crypto::Sha256 hasher;
    const auto read = [&](MutableBytes out) -> Result<void> {
      if (TRY(in.read(out)) != out.size()) return not_as_written(line);
      hasher.update(out);
      return spending_.spend(out.size());
    };
    if (in.length() != line.length) return not_as_written(line);
    Bytes bytes(PartIndex::kHeaderBytes);
    TRY(read(bytes));
    bytes.resize(TRY(PartIndex::encoded_length(bytes, line.length)));
    TRY(read(MutableBytes(bytes).subspan(PartIndex::kHeaderBytes)));
    const auto index = TRY(PartIndex::decode(bytes, line.length));
    if (index.extent != number) return not_as_written(line);
    auto& extent = *TRY(extent_of(number));
    for (const auto& entry : index.entries)
      for (std::uint64_t at = 0; at < entry.length; at += bytes.size()) {
        bytes.resize(std::min<std::uint64_t>(kPiece, entry.length - at));
        TRY(read(bytes));
        TRY(extent.write_at(entry.offset + at, bytes));
      }
    if (hasher.finish() != line.digest) return not_as_written(line);
    return {};
  }

  /// All parts of an extent stand together.
  Result<std::shared_ptr<store::Extent>> extent_of(std::uint64_t number) {
    if (extent_ && extent_->number() == number) return extent_;
    TRY(finish_extent());
    extent_ = TRY(store::Extent::create(*options_.files, store::extent_path(extents(), number), number));
    return extent_;
  }

  Result<void> finish_extent() {
    Result<void> synced;
    if (extent_) extent_->sync([&](Result<void> result) { synced = std::move(result); });
    extent_.reset();
    return synced;
  }

  /// What was copied, as a store.
  Result<void> look() {
    const auto& manifest = restored_.manifest;
    // The store that it was may go on beside it, with its own extents.
    TRY(store::forget_extent_directories(*options_.files, metadata()));
    const auto store = TRY(store::Store::open({.directory = options_.to.store, .files = options_.files}));
    restored_.report = store->check([](std::uint64_t) {});
    if (restored_.report.damages > 0 && !(options_.accept_damage && !manifest.damaged.empty())) {
      const auto& first = restored_.report.told.front();
      return fail(Code::Corrupt,
                  fmt::format("The restored store has {} damaged places, the first of them {}: "
                              "{}. Restore another backup.",
                              restored_.report.damages, first.place, first.what));
    }
    if (store->version() != manifest.version)
      return fail(Code::Corrupt, fmt::format("The restored store ends with commit {}, the backup with {}. "
                                             "Restore another backup.",
                                             store->version(), manifest.version));
    const auto log = TRY(ledger::write_log_files(*store, options_.to.log));
    const bool same = log ? log->size == manifest.log_size && log->root == manifest.log_root &&
                                log->origin == manifest.origin
                          : manifest.log_size == 0;
    if (!same) return fail(Code::Corrupt, "The restored public log is not that of the backup's manifest.");
    return {};
  }

  const Folder& folder_;
  const RestoreOptions& options_;
  Spending spending_;
  std::shared_ptr<store::Extent> extent_;  // the one being put together
  Restored restored_;
};

}  // namespace

Result<Restored> restore(const Folder& folder, Number number, const RestoreOptions& options,
                         const Effort& effort) {
  return Restoration(folder, TRY(folder.manifest(number)), options, effort).run();
}

}  // namespace vitrine::backup
