#include "store/manifest.h"

#include <fmt/format.h>

#include <array>
#include <boost/endian/conversion.hpp>
#include <charconv>
#include <mutex>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/log.h"
#include "crypto/digest.h"
#include "store/log_check.h"
#include "store/rocksdb_files.h"

namespace vitrine::store {
namespace {

namespace fs = std::filesystem;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

constexpr std::string_view kManifest = "MANIFEST-";
constexpr std::size_t kNumber = 8;
constexpr std::size_t kChecked = 2 * kNumber;
using NoteBytes = std::array<std::uint8_t, kChecked + 4>;

/// How far a manifest was synced.
struct Note {
  std::uint64_t manifest = 0;
  std::uint64_t length = 0;
};

NoteBytes encode(const Note& note) {
  NoteBytes bytes{};
  boost::endian::store_little_u64(bytes.data(), note.manifest);
  boost::endian::store_little_u64(bytes.data() + kNumber, note.length);
  boost::endian::store_little_u32(bytes.data() + kChecked, crypto::crc32c(ConstBytes(bytes).first(kChecked)));
  return bytes;
}

std::optional<Note> decode(ConstBytes bytes) {
  if (bytes.size() != NoteBytes().size()) return std::nullopt;
  const auto checksum = boost::endian::load_little_u32(bytes.data() + kChecked);
  if (checksum != crypto::crc32c(bytes.first(kChecked))) return std::nullopt;
  return Note{boost::endian::load_little_u64(bytes.data()),
              boost::endian::load_little_u64(bytes.data() + kNumber)};
}

/// The number in a manifest's name; nothing for other files.
std::optional<std::uint64_t> manifest_number(std::string_view name) {
  if (!name.starts_with(kManifest)) return std::nullopt;
  name.remove_prefix(kManifest.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

fs::path note_path(const fs::path& directory) {
  return directory / "MANIFEST.synced";
}

class Notebook {
 public:
  Notebook(FileLayer& files, fs::path directory) : files_(files), directory_(std::move(directory)) {}

  [[nodiscard]] const fs::path& directory() const { return directory_; }
  Result<void> write(const Note& note) {
    std::lock_guard lock(mutex_);
    const bool is_first = !TRY(files_.status(note_path(directory_)));
    const auto file =
        TRY(is_first ? files_.create(note_path(directory_)) : files_.open(note_path(directory_)));
    TRY(file->write_at(0, encode(note)));
    TRY(file->sync());
    // A manifest's first: nothing orders its name and that of CURRENT, which will name it, on the disk.
    if (is_first || note.manifest != named_) TRY(files_.sync_directory(directory_));
    named_ = note.manifest;
    return {};
  }

 private:
  std::mutex mutex_;
  FileLayer& files_;
  const fs::path directory_;
  std::uint64_t named_ = 0;  ///< the manifest whose name is durable
};

class Manifest final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  Manifest(std::unique_ptr<rocksdb::FSWritableFile> file, std::uint64_t number,
           std::shared_ptr<Notebook> notebook)
      : FSWritableFileOwnerWrapper(std::move(file)), written_{number, 0}, notebook_(std::move(notebook)) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, IODebugContext* context) override {
    auto status = FSWritableFileOwnerWrapper::Append(data, options, context);
    if (status.ok()) written_.length += data.size();
    return status;
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& verification, IODebugContext* context) override {
    auto status = FSWritableFileOwnerWrapper::Append(data, options, verification, context);
    if (status.ok()) written_.length += data.size();
    return status;
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* context) override {
    return noted(FSWritableFileOwnerWrapper::Sync(options, context));
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* context) override {
    return noted(FSWritableFileOwnerWrapper::Fsync(options, context));
  }

 private:
  IOStatus noted(IOStatus synced) {
    if (!synced.ok()) return synced;
    const auto done = notebook_->write(written_);
    return done ? synced : io_status(done.error());
  }

  Note written_;
  std::shared_ptr<Notebook> notebook_;
};

class NotingFiles final : public rocksdb::FileSystemWrapper {
 public:
  NotingFiles(const std::shared_ptr<FileSystem>& base, FileLayer& files, const fs::path& directory)
      : FileSystemWrapper(base), notebook_(std::make_shared<Notebook>(files, directory)) {}

  const char* Name() const override { return "VitrineNotingFiles"; }
  IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* out, IODebugContext* context) override {
    auto status = FileSystemWrapper::NewWritableFile(path, options, out, context);
    const fs::path named(path);
    const auto number = manifest_number(named.filename().string());
    if (status.ok() && number && named.parent_path() == notebook_->directory())
      *out = std::make_unique<Manifest>(std::move(*out), *number, notebook_);
    return status;
  }
  /// RocksDB 7.8.3 ends the program when the look for archived logs fails; there are none here.
  IOStatus FileExists(const std::string& path, const IOOptions& options, IODebugContext* context) override {
    if (fs::path(path).filename() == "archive") return IOStatus::NotFound(path);
    return FileSystemWrapper::FileExists(path, options, context);
  }

 private:
  std::shared_ptr<Notebook> notebook_;
};

Result<Bytes> read_whole(FileLayer& files, const fs::path& path, std::size_t at_most) {
  const auto file = TRY(files.open_for_reading(path));
  Bytes bytes(at_most);
  bytes.resize(TRY(file->read_at(0, bytes)));
  return bytes;
}

/// Without CURRENT nothing else of a database may be there: RocksDB would begin a new one beside it.
Result<void> check_new(FileLayer& files, const fs::path& directory) {
  for (const auto& name : TRY(files.list(directory)))
    if (name.ends_with(".sst") ||
        (name.ends_with(".log") && TRY(TRY(files.open_for_reading(directory / name))->size()) > 0))
      return fail(Code::Corrupt,
                  fmt::format("{} is missing, and {} is there: restore the data directory from "
                              "a backup.",
                              (directory / "CURRENT").string(), name));
  return {};
}

/// The name in CURRENT; nothing when there is no database yet. Errors: Corrupt when it was there.
Result<std::optional<std::string>> current_manifest(FileLayer& files, const fs::path& directory) {
  constexpr std::size_t kLongestName = 64;
  const auto current = directory / "CURRENT";
  if (!TRY(files.status(directory))) return std::nullopt;
  if (!TRY(files.status(current))) {
    TRY(check_new(files, directory));
    return std::nullopt;
  }
  const auto bytes = TRY(read_whole(files, current, kLongestName));
  const auto text = as_text(bytes);
  return std::string(text.substr(0, text.find('\n')));
}

Result<std::optional<Note>> read_note(FileLayer& files, const fs::path& directory) {
  if (!TRY(files.status(note_path(directory)))) return std::nullopt;
  return decode(TRY(read_whole(files, note_path(directory), NoteBytes().size())));
}

/// A manifest, and how far it was synced.
struct NotedManifest {
  fs::path path;
  std::uint64_t synced = 0;

  /// The length of what can be read. Errors: Corrupt when that is less than what was synced.
  [[nodiscard]] Result<std::uint64_t> readable(FileLayer& files) const {
    const auto whole = TRY(intact_length(files, path));
    if (whole >= synced) return whole;
    return fail(Code::Corrupt,
                fmt::format("{} is damaged: of {} bytes that were synced, {} can be read. Restore the data "
                            "directory from a backup.",
                            path.string(), synced, whole));
  }
};

/// The current one; nothing when there is no database yet, or no note of it.
Result<std::optional<NotedManifest>> noted_manifest(FileLayer& files, const fs::path& directory) {
  const auto name = TRY(current_manifest(files, directory));
  if (!name) return std::nullopt;
  const auto number = manifest_number(*name);
  if (!number || !TRY(files.status(directory / *name)))
    return fail(Code::Corrupt,
                fmt::format("{} does not name a manifest that is there: restore the data directory from a "
                            "backup.",
                            (directory / "CURRENT").string()));
  const auto note = TRY(read_note(files, directory));
  if (!note || note->manifest != *number) return std::nullopt;
  return NotedManifest{directory / *name, note->length};
}

}  // namespace

std::shared_ptr<rocksdb::FileSystem> note_manifest_syncs(const std::shared_ptr<rocksdb::FileSystem>& base,
                                                         FileLayer& files, const fs::path& directory) {
  return std::make_shared<NotingFiles>(base, files, directory);
}

Result<void> check_manifest(FileLayer& files, const fs::path& directory) {
  const auto look = [&]() -> Result<void> {
    if (TRY(files.status(note_path(directory))) && !TRY(read_note(files, directory)))
      return fail(Code::Corrupt,
                  fmt::format("{} is damaged. Nothing else depends on it: the next start writes it anew.",
                              note_path(directory).string()));
    if (const auto noted = TRY(noted_manifest(files, directory))) TRY(noted->readable(files));
    return {};
  };
  auto looked = look();
  // Another manifest may have been begun between two looks at the files.
  return looked ? looked : look();
}

Result<void> cut_torn_manifest(FileLayer& files, const fs::path& directory) {
  const auto noted = TRY(noted_manifest(files, directory));
  if (TRY(files.status(note_path(directory))) && !TRY(read_note(files, directory)))
    log::warn("a file is damaged on which nothing else depends: it is written anew",
              {{"file", note_path(directory).string()}});
  if (!noted) return {};
  // RocksDB takes the end of what it can read for the end of all, and removes the tables behind it.
  const auto whole = TRY(noted->readable(files));
  const auto file = TRY(files.open(noted->path));
  const auto size = TRY(file->size());
  if (whole == size) return {};
  log::warn(
      "the end of the metadata store's manifest was torn by a crash and is cut off: nothing relied on it",
      {{"file", noted->path.string()}, {"bytes", std::to_string(size - whole)}});
  TRY(file->truncate(whole));
  return file->sync();
}

}  // namespace vitrine::store
