// What one backup consists of (docs/formats/backup.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "crypto/digest.h"
#include "ledger/journal_files.h"
#include "store/entry.h"
#include "tlog/merkle.h"

namespace vitrine::backup {

/// Counts the backups of a folder from 1.
using Number = std::uint32_t;
inline constexpr Number kLastNumber = 999'999;

/// "000012": the folder of what a backup made.
std::string folder_of(Number number);

/// A file of this backup or of an earlier one.
struct FileLine {
  crypto::Sha256Digest digest{};
  std::uint64_t length = 0;
  /// "000001/metadata/000123.sst": which backup made it, and what it is. Never leads out of the folder.
  std::string path;
  /// Of an immutable table: tells it apart from every other one. Empty for the others.
  std::string table_id;

  friend bool operator==(const FileLine&, const FileLine&) = default;
};

/// A segment, or the file of a table, that was damaged in the store already when it was copied.
struct DamagedPlace {
  std::uint64_t extent = 0;
  std::uint64_t offset = 0;
  std::string table{};  ///< the file's name; empty: a segment

  /// As the check of a store names it: "extent 1, offset 4096", "file 000026.sst".
  [[nodiscard]] std::string text() const;

  friend bool operator==(const DamagedPlace&, const DamagedPlace&) = default;
};
bool contains(const std::vector<DamagedPlace>& places, const DamagedPlace& place);

struct Manifest {
  Number number = 1;
  std::string made;    ///< ISO 8601, UTC
  std::string origin;  ///< of the public log; tells the stores apart
  store::Version version = 0;
  std::uint64_t log_size = 0;
  tlog::Digest log_root{};
  std::vector<DamagedPlace> damaged{};
  std::vector<FileLine> files{};

  friend bool operator==(const Manifest&, const Manifest&) = default;

  [[nodiscard]] std::string text() const;
  /// Exactly what text() produces. Errors: Corrupt, with the line.
  static Result<Manifest> parse(std::string_view text);
};

/// What a file of a backup is, by its path.
enum class FileKind : std::uint8_t { Metadata, ExtentPart, Key, Checkpoint, Mark, Journal };

struct FilePath {
  Number made_by = 0;
  FileKind kind = FileKind::Metadata;
  std::string name;          ///< without folders
  std::uint64_t extent = 0;  ///< of a part
  ledger::JournalFile journal{};
};
/// Errors: Corrupt for any path that a backup would not write.
Result<FilePath> parse_file_path(std::string_view path);

std::string metadata_path(Number number, std::string_view name);
std::string part_path(Number number, std::uint64_t extent);
std::string key_path(Number number, std::string_view name);
std::string checkpoint_path(Number number);
std::string mark_path(Number number);
/// "000001/journals/0000002a.entries.12", or with the level of a tile.
std::string journal_path(Number number, const ledger::JournalFile& file);

}  // namespace vitrine::backup
