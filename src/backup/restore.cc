#include "backup/restore.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "backup/extent_part.h"
#include "ledger/public_log.h"
#include "ledger/sealed_check.h"
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

/// The damage that a manifest names, and what follows from it: a table with a damaged file ends there for
/// whoever walks it, and the journals lack what lay behind.
class Accepted {
 public:
  Accepted(const std::vector<DamagedPlace>& places, const store::CheckReport& report) {
    for (const auto& place : places) places_.insert(place.text());
    for (const auto& [place, what] : report.told)
      if (const auto table = place.find(kOfTable); table != std::string::npos && holds_file(place))
        tables_.insert(place.substr(table + kOfTable.size()));
  }

  [[nodiscard]] bool holds(const store::Damage& damage) const {
    if (places_.contains(damage.place) || holds_file(damage.place)) return true;
    const auto words = std::string_view(damage.place);
    // They only repeat the rows, which are all there, and copying cannot change one without its table's file.
    if (words.starts_with("live bytes of extent ") || words == "the counters of live bytes") return true;
    return std::ranges::any_of(tables_, [&](const auto& table) {
      return words == fmt::format("table {}", table) || (table == "journal" && words.starts_with("journal "));
    });
  }

 private:
  static constexpr std::string_view kOfTable = " of table ";

  /// "file 000026.sst of table bodies"
  [[nodiscard]] bool holds_file(const std::string& place) const {
    return places_.contains(place.substr(0, place.find(kOfTable)));
  }

  std::set<std::string> places_;
  std::set<std::string> tables_;
};

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
    for (const auto& directory : journal_folders_) TRY(options_.files->sync_directory(directory));
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
      case FileKind::Journal:
        return journal(line, path.journal);
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

  Result<void> journal(const FileLine& line, const ledger::JournalFile& file) {
    const auto to = options_.to.journals / file.path();
    TRY(options_.files->make_directory(to.parent_path()));
    journal_folders_.insert(to.parent_path());
    return copy(line, to);
  }

  Result<void> copy(const FileLine& line, const std::filesystem::path& to) {
    const auto content =
        TRY(copy_file(folder_.files(), folder_.file(line.path), *options_.files, to, spending_));
    if (content.digest != line.digest || content.length != line.length) return not_as_written(line);
    return {};
  }

  /// Parts come in the order of their backups, so that of two claims to a place the newer one holds.
  Result<void> part(const FileLine& line, std::uint64_t number) {
    auto in = TRY(Source::open(folder_.files(), folder_.file(line.path)));
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
    const auto finished = std::exchange(extent_, nullptr);
    return finished ? finished->sync() : Result<void>{};
  }

  /// What was copied, as a store.
  Result<void> look() {
    const auto& manifest = restored_.manifest;
    // The store that it was may go on beside it, with its own extents.
    TRY(store::forget_extent_directories(*options_.files, metadata()));
    const auto store = TRY(store::Store::open(
        {.directory = options_.to.store, .compaction_pause = std::nullopt, .files = options_.files}));
    restored_.report = store->check([](std::uint64_t) {});
    TRY(ledger::check_sealed_journals(*store, {*options_.files, options_.to.journals}, restored_.report));
    TRY(judge(restored_.report));
    if (store->version() != manifest.version)
      return fail(Code::Corrupt, fmt::format("The restored store ends with commit {}, the backup with {}. "
                                             "Restore another backup.",
                                             store->version(), manifest.version));
    const auto log = TRY(ledger::write_log_files(*store, options_.to.log, options_.published));
    const bool same = log ? log->size == manifest.log_size && log->root == manifest.log_root &&
                                log->origin == manifest.origin
                          : manifest.log_size == 0;
    if (!same) return fail(Code::Corrupt, "The restored public log is not that of the backup's manifest.");
    return {};
  }

  /// Nothing may be damaged but what the manifest says was damaged in the store already.
  [[nodiscard]] Result<void> judge(const store::CheckReport& report) const {
    if (report.damages == 0) return {};
    if (!options_.accept_damage)
      return refuse(report, report.told.front(), "Restore another backup, or this one with --accept-damage.");
    const Accepted accepted(restored_.manifest.damaged, report);
    const auto other = std::ranges::find_if(report.told, [&](const auto& d) { return !accepted.holds(d); });
    if (other != report.told.end())
      return refuse(report, *other, "That was not so when the backup was made: restore another one.");
    // Those that are not told one by one are segments, or all of one table.
    if (report.damages - report.told.size() <= restored_.manifest.damaged.size()) return {};
    return refuse(report, report.told.back(), "More than when the backup was made: restore another one.");
  }

  static std::unexpected<Error> refuse(const store::CheckReport& report, const store::Damage& damage,
                                       const char* advice) {
    return fail(Code::Corrupt,
                fmt::format("The restored store has {}; one is {}: {}. {}",
                            report.damages == 1 ? "1 damaged place"
                                                : fmt::format("{} damaged places", report.damages),
                            damage.place, damage.what, advice));
  }

  const Folder& folder_;
  const RestoreOptions& options_;
  Spending spending_;
  std::shared_ptr<store::Extent> extent_;  // the one being put together
  std::set<std::filesystem::path> journal_folders_;
  Restored restored_;
};

}  // namespace

Result<Restored> restore(const Folder& folder, Number number, const RestoreOptions& options,
                         const Effort& effort) {
  return Restoration(folder, TRY(folder.manifest(number)), options, effort).run();
}

}  // namespace vitrine::backup
