#include "backup/create.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <ranges>
#include <set>

#include "backup/extent_part.h"
#include "backup/folder.h"
#include "base/log.h"
#include "base/time.h"
#include "ledger/public_log.h"
#include "store/extent.h"
#include "store/frames.h"
#include "store/table_file.h"
#include "tlog/checkpoint.h"

namespace vitrine::backup {
namespace {

constexpr std::size_t kFramesAtATime = 16;

/// The index of a part that an earlier backup made.
Result<PartIndex> read_index(store::FileLayer& files, const std::filesystem::path& file,
                             std::uint64_t length) {
  auto in = TRY(Source::open(files, file));
  if (in.length() != length) return fail(Code::Corrupt, fmt::format("{} is not whole.", file.string()));
  Bytes index(PartIndex::kHeaderBytes);
  index.resize(TRY(in.read(index)));
  index.resize(TRY(PartIndex::encoded_length(index, length)));
  (void)TRY(in.read(MutableBytes(index).subspan(PartIndex::kHeaderBytes)));
  return PartIndex::decode(index, length);
}

class Creation {
 public:
  Creation(const Folder& folder, store::FrozenStore& frozen, const CreateOptions& options,
           const Effort& effort)
      : folder_(folder), frozen_(frozen), options_(options), spending_(effort) {}

  Result<Created> run() {
    const auto numbers = TRY(folder_.numbers());
    manifest_.number = numbers.empty() ? 1 : numbers.back() + 1;
    manifest_.made = to_iso8601(system_clock().now());
    manifest_.version = frozen_.version();
    TRY(make_folders());
    TRY(checkpoint());
    TRY(take_base());
    TRY(tables());
    TRY(extents());
    TRY(journals());
    TRY(others());
    for (const auto* folder : {"metadata", "extents", "journals", "keys", ""})
      TRY(options_.files->sync_directory(own_folder() / folder));
    TRY(options_.files->sync_directory(folder_.path()));
    TRY(folder_.finish(manifest_));
    return summary();
  }

 private:
  [[nodiscard]] std::filesystem::path own_folder() const { return folder_.file(folder_of(manifest_.number)); }

  Result<void> make_folders() {
    for (const auto* folder : {"metadata", "extents", "journals", "keys"})
      TRY(options_.files->make_directory(own_folder() / folder));
    return {};
  }

  /// What the public log had signed by then.
  Result<void> checkpoint() {
    const auto row = TRY(frozen_.look_up(ledger::checkpoint_key()));
    if (!row.exists()) return {};
    const auto signed_state = TRY(tlog::Checkpoint::parse(TRY(tlog::Note::parse(row.value)).text));
    manifest_.origin = signed_state.origin;
    manifest_.log_size = signed_state.size;
    manifest_.log_root = signed_state.root;
    return write(checkpoint_path(manifest_.number), as_bytes(row.value));
  }

  [[nodiscard]] Result<bool> begins_as(const Manifest& base) const {
    if (base.log_size == 0) return true;
    auto root =
        ledger::log_root([this](const store::Key& key) { return frozen_.look_up(key); }, base.log_size);
    if (!root && root.error().code == Code::Corrupt)
      root.error().message += fmt::format(
          " So it cannot be told whether this store goes on from the last backup in {}: name another folder.",
          folder_.path().string());
    return TRY(std::move(root)) == base.log_root;
  }

  /// A folder holds one life of one store. Two that parted are told apart by their public logs, once these
  /// have different entries; before that their files do not mix, because ids and digests tell them apart.
  [[nodiscard]] Result<void> check_goes_on(const Manifest& base) const {
    if (base.log_size > 0 && base.origin != manifest_.origin)
      return fail(Code::InvalidInput, fmt::format("{} holds backups of the store whose public log is {}, and "
                                                  "this one's is {}: name another folder.",
                                                  folder_.path().string(), base.origin, manifest_.origin));
    const bool is_older = base.version > manifest_.version || base.log_size > manifest_.log_size;
    if (!is_older && TRY(begins_as(base))) return {};
    return fail(Code::InvalidInput,
                fmt::format("The last backup in {} is of commit {} with {} entries in the public log, this "
                            "store is at commit {} with {}: it does not go on from there, as when an older "
                            "state was restored. Name another folder.",
                            folder_.path().string(), base.version, base.log_size, manifest_.version,
                            manifest_.log_size));
  }

  /// Learns what the last finished backup has. What was damaged then is copied again: it may have been the
  /// disk's mood, or a disk that was not there.
  Result<void> take_base() {
    const auto newest = TRY(folder_.newest());
    if (!newest) return {};
    auto read = folder_.manifest(*newest);
    if (!read) {
      log::warn("the last backup there cannot be read: everything is copied anew",
                {{"error", read.error().message}});
      return {};
    }
    auto& base = *read;
    TRY(check_goes_on(base));
    if (options_.full) return {};
    known_damage_ = std::move(base.damaged);
    for (auto& file : base.files) {
      const auto path = TRY(parse_file_path(file.path));
      if (!TRY(is_there(file))) continue;
      if (path.kind == FileKind::ExtentPart)
        parts_[path.extent].push_back(std::move(file));
      else if (path.kind == FileKind::Journal)
        journals_.emplace(path.journal.path(), std::move(file));
      else if (!file.table_id.empty() && !contains(known_damage_, {.table = path.name}))
        tables_.emplace(file.table_id, std::move(file));
    }
    return {};
  }

  /// One that was lost or cut short is copied again.
  [[nodiscard]] Result<bool> is_there(const FileLine& file) const {
    const auto status = TRY(options_.files->status(folder_.file(file.path)));
    return status && status->size == file.length;
  }

  Result<void> tables() {
    for (auto& file : TRY(frozen_.files())) {
      const auto known = tables_.find(file.table_id);
      if (known != tables_.end() && known->second.length == file.length) {
        manifest_.files.push_back(known->second);
        continue;
      }
      if (!file.table_id.empty()) TRY(look_at_table(file.name));
      TRY(copy(frozen_.file_layer(), frozen_.directory() / file.name,
               metadata_path(manifest_.number, file.name), std::move(file.table_id)));
    }
    return {};
  }

  Result<void> look_at_table(const std::string& name) {
    const auto whole = store::check_table_file(frozen_.file_layer(), frozen_.directory() / name);
    if (!whole && whole.error().code != Code::Corrupt) return std::unexpected(whole.error());
    if (!whole) manifest_.damaged.push_back({.table = name});
    return {};
  }

  Result<void> extents() {
    auto segments = frozen_.segments();
    while (auto extent = TRY(segments.next())) TRY(copy_new(*extent));
    return {};
  }

  /// Keeps the parts that have something that is still there, and makes one of what none of them has.
  Result<void> copy_new(store::ExtentContents& contents) {
    std::set<std::pair<std::uint64_t, store::SegmentId>> missing;
    for (const auto& segment : contents.segments) missing.emplace(segment.location.offset, segment.id);
    std::vector<FileLine> kept;
    // Of two that have a segment the newer one has it whole: else nobody would have copied it again.
    for (auto& part : parts_[contents.extent] | std::views::reverse) {
      const auto index = read_index(*options_.files, folder_.file(part.path), part.length);
      if (!index) continue;
      std::size_t found = 0;
      for (const auto& entry : index->entries)
        if (!contains(known_damage_, {.extent = contents.extent, .offset = entry.offset}))
          found += missing.erase({entry.offset, entry.id});
      if (found > 0) kept.push_back(std::move(part));
    }
    std::ranges::move(kept | std::views::reverse, std::back_inserter(manifest_.files));
    std::erase_if(contents.segments, [&](const auto& segment) {
      return !missing.contains({segment.location.offset, segment.id});
    });
    return contents.segments.empty() ? Result<void>{} : write_part(contents);
  }

  Result<void> write_part(const store::ExtentContents& contents) {
    PartIndex index{.extent = contents.extent, .entries = {}};
    for (const auto& segment : contents.segments)
      index.entries.push_back({segment.id, segment.location.offset, store::stored_length(segment.length)});
    auto path = part_path(manifest_.number, contents.extent);
    auto sink = TRY(Sink::create(*options_.files, folder_.file(path)));
    TRY(sink.write(index.encode()));
    const auto extent = frozen_.extent(contents.extent);
    if (!extent && extent.error().code != Code::Corrupt) return std::unexpected(extent.error());
    for (const auto& segment : contents.segments)
      TRY(copy_segment(extent ? extent->get() : nullptr, segment, sink));
    add({.digest = TRY(sink.finish()), .length = sink.length(), .path = std::move(path), .table_id = {}});
    return {};
  }

  /// Damage does not end the backup: everything else is worth keeping. Of a lost extent there are zeros.
  Result<void> copy_segment(const store::Extent* extent, const store::PlacedSegment& segment, Sink& sink) {
    Bytes piece;
    bool whole = true;
    const auto stored = store::stored_length(segment.length);
    for (std::uint64_t at = 0; at < stored; at += piece.size()) {
      piece.resize(std::min<std::uint64_t>(stored - at, kFramesAtATime * store::kStoredFrameBytes));
      const auto got = extent ? TRY(extent->file().read_at(segment.location.offset + at, piece)) : 0;
      std::fill(piece.begin() + static_cast<std::ptrdiff_t>(got), piece.end(), 0);
      for (ConstBytes rest = piece; !rest.empty();) {
        const auto frame = rest.first(std::min(rest.size(), store::kStoredFrameBytes));
        whole = whole && store::is_whole(frame);
        rest = rest.subspan(frame.size());
      }
      TRY(sink.write(piece));
      TRY(spending_.spend(piece.size()));
    }
    if (!whole)
      manifest_.damaged.push_back({.extent = segment.location.extent, .offset = segment.location.offset});
    return {};
  }

  /// What the frozen store has no more is in files since before it was frozen; those that came since do no
  /// harm.
  Result<void> journals() {
    if (options_.journals.empty()) return {};
    const ledger::JournalFiles files(frozen_.file_layer(), options_.journals);
    for (const auto& file : TRY(files.list())) {
      const auto known = journals_.find(file.path());
      const auto from = options_.journals / file.path();
      const auto status = TRY(frozen_.file_layer().status(from));
      // Dropped just now; the frozen store says that it may be.
      if (!status) continue;
      // Closing a facet makes a file shorter.
      if (known != journals_.end() && status->size == known->second.length)
        manifest_.files.push_back(known->second);
      else
        TRY(copy(frozen_.file_layer(), from, journal_path(manifest_.number, file), {}));
    }
    return {};
  }

  Result<void> others() {
    for (const auto& key : options_.keys)
      TRY(copy(frozen_.file_layer(), key.file, key_path(manifest_.number, key.name), {}));
    return options_.development ? write(mark_path(manifest_.number), {}) : Result<void>{};
  }

  Result<void> copy(store::FileLayer& from_files, const std::filesystem::path& from, std::string path,
                    std::string table_id) {
    const auto content = TRY(copy_file(from_files, from, *options_.files, folder_.file(path), spending_));
    add({content.digest, content.length, std::move(path), std::move(table_id)});
    return {};
  }

  Result<void> write(std::string path, ConstBytes bytes) {
    auto sink = TRY(Sink::create(*options_.files, folder_.file(path)));
    TRY(sink.write(bytes));
    add({TRY(sink.finish()), sink.length(), std::move(path), {}});
    return {};
  }

  void add(FileLine file) {
    copied_bytes_ += file.length;
    manifest_.files.push_back(std::move(file));
  }

  [[nodiscard]] Created summary() const {
    Created created{.number = manifest_.number,
                    .version = manifest_.version,
                    .log_size = manifest_.log_size,
                    .files = manifest_.files.size(),
                    .copied_bytes = copied_bytes_,
                    .damaged = manifest_.damaged};
    for (const auto& file : manifest_.files) created.bytes += file.length;
    for (const auto& key : options_.keys) created.keys.push_back(key.name);
    return created;
  }

  const Folder& folder_;
  store::FrozenStore& frozen_;
  const CreateOptions& options_;
  Spending spending_;
  Manifest manifest_;
  std::vector<DamagedPlace> known_damage_;                // of the base
  std::map<std::string, FileLine> tables_;                // of the base, by id
  std::map<std::uint64_t, std::vector<FileLine>> parts_;  // of the base, by extent
  std::map<std::string, FileLine> journals_;              // of the base, by where they lie
  std::uint64_t copied_bytes_ = 0;
};

}  // namespace

Result<Created> create(store::Store& store, const CreateOptions& options, const Effort& effort) {
  const auto folder = TRY(Folder::open_or_create(*options.files, options.to));
  const auto lock = TRY(folder.lock());
  TRY(folder.sweep());
  const auto frozen = TRY(store.freeze());
  auto created = Creation(folder, *frozen, options, effort).run();
  if (created) return created;
  // Room is what it may have failed for. What cannot be removed now is removed by the next backup.
  if (const auto swept = folder.sweep(); !swept)
    log::warn("what a failed backup has copied stays until the next one", {{"error", swept.error().message}});
  return created;
}

}  // namespace vitrine::backup
