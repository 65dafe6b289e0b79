#include "store/extent_directories.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "base/encoding.h"
#include "crypto/mac.h"
#include "store/database.h"
#include "store/encoding.h"
#include "store/extent_set.h"
#include "store/key_range.h"
#include "store/sequencer.h"

namespace vitrine::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIdKey = "extents";
/// Then a directory's number (8 bytes). Value: its state (1 byte), its path.
constexpr std::string_view kDirectoryPrefix = "extents/";
constexpr std::uint64_t kLongestMarker = 256;

std::string directory_key(std::uint64_t number) {
  return std::string(kDirectoryPrefix).append(as_text(store_integer(number)));
}

std::unexpected<Error> refuse(std::string message) {
  return fail(Code::Unavailable, std::move(message));
}

std::unique_ptr<Cursor> directory_rows(const Database& database) {
  return database.cursor(Family::Meta, kDirectoryPrefix, key_after_prefix(std::string(kDirectoryPrefix)));
}

enum class State : char {
  Marking,  ///< its marker may not be there yet
  Marked,
  LeftOut,  ///< of the store no more; its number is not given again
};

/// A directory that the store's tables name.
struct Known {
  State state = State::Marking;
  std::string path;

  friend bool operator==(const Known&, const Known&) = default;
};
using KnownDirectories = std::map<std::uint64_t, Known>;

/// A directory as it was found.
struct Found {
  fs::path path;
  std::string marker;
  std::vector<std::uint64_t> extents;
  std::uint64_t number = 0;
};

class Inspection {
 public:
  Inspection(FileLayer& files, Database& database) : files_(files), database_(database) {}

  Result<std::vector<OwnDirectory>> run(const std::vector<fs::path>& directories) {
    TRY(load());
    for (const auto& path : directories) TRY(look(path));
    for (auto& found : found_)
      if (!found.marker.empty()) TRY(recognise(found));
    for (auto& found : found_)
      if (found.marker.empty()) TRY(number(found));
    TRY(check_extents());
    TRY(mark());
    return lock();
  }

 private:
  Result<void> load() {
    const auto id = TRY(database_.get(Family::Meta, kIdKey));
    if (id.found() && id.bytes().size() != id_.size())
      return fail(Code::Corrupt, "The store's id is damaged. Restore the data directory from a backup.");
    is_new_ = !id.found();
    if (is_new_)
      id_ = crypto::random_array<16>();
    else
      std::ranges::copy(id.bytes(), id_.begin());
    const auto cursor = directory_rows(database_);
    for (cursor->seek(kDirectoryPrefix); cursor->valid(); cursor->next()) {
      const auto number = as_bytes(cursor->key()).subspan(kDirectoryPrefix.size());
      if (number.size() != sizeof(std::uint64_t) || cursor->value().empty())
        return fail(Code::Corrupt, "A row of an extent directory is damaged.");
      known_[read_be64(number)] = {static_cast<State>(cursor->value().front()),
                                   std::string(cursor->value().substr(1))};
    }
    return cursor->status();
  }

  Result<std::string> read(const fs::path& path) {
    const auto file = TRY(files_.open_for_reading(path));
    Bytes bytes(static_cast<std::size_t>(std::min(TRY(file->size()), kLongestMarker)));
    bytes.resize(TRY(file->read_at(0, bytes)));
    return std::string(as_text(bytes));
  }

  Result<void> look(const fs::path& path) {
    TRY(files_.make_directory(path));
    Found found{.path = path, .marker = {}, .extents = {}};
    for (const auto& name : TRY(files_.list(path))) {
      if (const auto extent = extent_number(name)) found.extents.push_back(*extent);
      if (name != kMarkerName) continue;
      found.marker = TRY(read(path / name));
      if (found.marker.empty()) found.marker = "?";
    }
    found_.push_back(std::move(found));
    return {};
  }

  [[nodiscard]] bool is_here(std::uint64_t number) const {
    return std::ranges::find(found_, number, &Found::number) != found_.end();
  }

  /// The number is one that the store gave, whatever path the directory has now.
  Result<void> recognise(Found& found) {
    const auto own = std::ranges::find_if(
        known_, [&](const auto& entry) { return found.marker == marker_of(id_, entry.first); });
    if (own == known_.end())
      return refuse(
          fmt::format("{} belongs to another store, as its file {} says: name this store's own "
                      "directories.",
                      found.path.string(), kMarkerName));
    if (is_here(own->first))
      return refuse(fmt::format("{} is a copy of another directory of this store: leave one of them out.",
                                found.path.string()));
    if (own->second.state == State::LeftOut && !found.extents.empty())
      return refuse(
          fmt::format("{} was left out of this store, so its extents are not needed any more: "
                      "empty it before it is used again.",
                      found.path.string()));
    found.number = own->first;
    return {};
  }

  Result<void> number(Found& found) {
    const auto same = std::ranges::find_if(known_, [&](const auto& entry) {
      return entry.second.state != State::LeftOut && entry.second.path == found.path.string() &&
             !is_here(entry.first);
    });
    const bool is_known = same != known_.end();
    if (is_known && same->second.state == State::Marked)
      return refuse(
          fmt::format("{} is a directory of this store, but its file {} is not there: is the disk "
                      "mounted?",
                      found.path.string(), kMarkerName));
    found.number = is_known ? same->first : next_number();
    // An older version of the program left no marker. Else extents are somebody else's.
    const bool may_hold_extents = is_known || (is_new_ && TRY(stored_version(database_)) > 0);
    if (may_hold_extents || found.extents.empty()) return {};
    return refuse(
        fmt::format("{} is new to this store but holds extents, which are not this store's: name "
                    "an empty directory.",
                    found.path.string()));
  }

  [[nodiscard]] std::uint64_t next_number() const {
    std::uint64_t last = known_.empty() ? 0 : known_.rbegin()->first;
    for (const auto& found : found_) last = std::max(last, found.number);
    return last + 1;
  }

  /// Where all directories are there that were, a missing file is damage like any other.
  Result<void> check_extents() {
    const bool all_here = std::ranges::all_of(known_, [&](const auto& entry) {
      return entry.second.state == State::LeftOut || is_here(entry.first);
    });
    if (all_here && !is_new_) return {};
    auto missing = TRY(live_extents(database_));
    for (const auto& found : found_)
      for (auto extent : found.extents) missing.erase(extent);
    if (missing.empty()) return {};
    return refuse(
        fmt::format("{} extents, the first of them {}, are in none of the directories: name all "
                    "that the store had, and see that their disks are mounted.",
                    missing.size(), extent_path({}, *missing.begin()).string()));
  }

  /// The rows first: a crash between leaves a directory that may still be marked.
  Result<void> mark() {
    auto rows = known_;
    for (auto& [number, row] : rows)
      if (!is_here(number)) row.state = State::LeftOut;
    for (const auto& found : found_)
      rows[found.number] = {found.marker.empty() ? State::Marking : State::Marked, found.path.string()};
    TRY(write_rows(rows));
    for (const auto& found : found_) {
      if (!found.marker.empty()) continue;
      TRY(write_marker(found));
      rows[found.number].state = State::Marked;
    }
    return write_rows(std::move(rows));
  }

  Result<void> write_rows(KnownDirectories rows) {
    if (!is_new_ && rows == known_) return {};
    const auto batch = database_.new_batch();
    batch->put(Family::Meta, kIdKey, {as_text(id_)});
    for (const auto& [number, row] : rows) {
      const auto state = static_cast<char>(row.state);
      batch->put(Family::Meta, directory_key(number), {std::string_view(&state, 1), row.path});
    }
    TRY(database_.write(*batch));
    known_ = std::move(rows);
    is_new_ = false;
    return {};
  }

  Result<void> write_marker(const Found& found) {
    return replace_content(files_, found.path / kMarkerName, as_bytes(marker_of(id_, found.number)));
  }

  Result<std::vector<OwnDirectory>> lock() {
    std::vector<OwnDirectory> own;
    for (const auto& found : found_) {
      const auto marker = found.path / kMarkerName;
      auto lock = files_.lock(marker);
      if (!lock)
        return refuse(fmt::format("{} is in use by another server, or cannot be locked: {}",
                                  found.path.string(), lock.error().message));
      if (TRY(read(marker)) != marker_of(id_, found.number))
        return refuse(fmt::format("Another store took {} at the same moment.", found.path.string()));
      own.push_back({found.path, std::move(*lock)});
    }
    return own;
  }

  FileLayer& files_;
  Database& database_;
  StoreId id_{};
  bool is_new_ = false;  ///< the id
  KnownDirectories known_;
  std::vector<Found> found_;
};

}  // namespace

std::string marker_of(const StoreId& store, std::uint64_t number) {
  return fmt::format("vitrine extents 1\nstore {}\ndirectory {}\n", to_hex(store), number);
}

Result<std::set<std::uint64_t>> live_extents(const Database& database) {
  std::set<std::uint64_t> numbers;
  const auto cursor =
      database.cursor(Family::Counters, kLivePrefix, key_after_prefix(std::string(kLivePrefix)));
  for (cursor->seek(kLivePrefix); cursor->valid(); cursor->next()) {
    const auto number = as_bytes(cursor->key()).subspan(kLivePrefix.size());
    if (number.size() != sizeof(std::uint64_t))
      return fail(Code::Corrupt, "An extent's counter has no number.");
    numbers.insert(read_be64(number));
  }
  TRY(cursor->status());
  return numbers;
}

Result<std::vector<OwnDirectory>> own_extent_directories(FileLayer& files, Database& database,
                                                         const std::vector<fs::path>& directories) {
  return Inspection(files, database).run(directories);
}

Result<void> forget_extent_directories(FileLayer& files, const fs::path& metadata) {
  constexpr Database::Sizes kSizes{.cache_bytes = 8 << 20, .write_buffer_bytes = 8 << 20};
  const auto database = TRY(Database::open(files, metadata, kSizes));
  const auto batch = database->new_batch();
  batch->erase(Family::Meta, kIdKey);
  const auto cursor = directory_rows(*database);
  for (cursor->seek(kDirectoryPrefix); cursor->valid(); cursor->next())
    batch->erase(Family::Meta, cursor->key());
  TRY(cursor->status());
  return database->write(*batch);
}

}  // namespace vitrine::store
