#include "backup/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/encoding.h"

namespace vitrine::backup {
namespace {

constexpr std::string_view kTitle = "vitrine backup 1";
constexpr std::string_view kPart = ".part";
constexpr std::string_view kTable = "table";
constexpr std::string_view kEntries = "entries";
constexpr std::uint64_t kHighestLevel = 63;
constexpr std::size_t kFolderDigits = 6;
constexpr std::size_t kExtentDigits = 16;
constexpr std::size_t kMostName = 64;

/// Gives out the lines of a text one by one, and their words.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool done() const { return at_ == text_.size(); }

  Result<std::string_view> line() {
    const auto end = text_.find('\n', at_);
    if (end == std::string_view::npos) return wrong("ends in the middle of a line");
    const auto line = text_.substr(at_, end - at_);
    at_ = end + 1;
    ++number_;
    return line;
  }

  /// What follows "<name> " on the next line.
  Result<std::string_view> field(std::string_view name) {
    const auto whole = TRY(line());
    if (whole.size() <= name.size() || !whole.starts_with(name) || whole[name.size()] != ' ')
      return wrong(fmt::format("does not have '{}' here", name));
    return whole.substr(name.size() + 1);
  }

  [[nodiscard]] bool next_is(std::string_view name) const { return text_.substr(at_).starts_with(name); }

  std::unexpected<Error> wrong(std::string_view what) const {
    return fail(Code::Corrupt,
                fmt::format("The backup's manifest {} (line {}). Use another backup.", what, number_));
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t number_ = 0;
};

/// As it would be written: no sign, no leading zeros.
std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (text != std::to_string(value)) return std::nullopt;
  return value;
}

template <std::size_t kSize>
std::optional<std::array<std::uint8_t, kSize>> digest_in(std::string_view text) {
  const auto bytes = from_hex(text);
  if (!bytes || bytes->size() != kSize || to_hex(*bytes) != text) return std::nullopt;
  std::array<std::uint8_t, kSize> digest;
  std::ranges::copy(*bytes, digest.begin());
  return digest;
}

/// Up to `most` words with one space between them; the last has the rest.
std::vector<std::string_view> words_of(std::string_view line, std::size_t most) {
  std::vector<std::string_view> words;
  while (words.size() + 1 < most) {
    const auto space = line.find(' ');
    if (space == std::string_view::npos) break;
    words.push_back(line.substr(0, space));
    line.remove_prefix(space + 1);
  }
  words.push_back(line);
  return words;
}

bool is_plain_name(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !name.empty() && name.size() <= kMostName && name.front() != '.' &&
         std::ranges::all_of(name, [&](char c) { return plain(c) || c == '.'; });
}

std::optional<std::uint64_t> hex_number(std::string_view text, std::size_t digits) {
  if (text.size() != digits) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc{} || end != text.data() + text.size() || fmt::format("{:016x}", value) != text)
    return std::nullopt;
  return value;
}

/// "0000002a.entries.12", "0000002a.1.0": slot, level or entries, index.
std::optional<ledger::JournalFile> journal_in(std::string_view name) {
  const auto first = name.find('.');
  const auto second = name.find('.', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  std::uint32_t slot = 0;
  const auto parsed = std::from_chars(name.data(), name.data() + first, slot, 16);
  if (parsed.ec != std::errc{} || ledger::JournalFiles::folder(slot) != name.substr(0, first))
    return std::nullopt;
  const auto what = name.substr(first + 1, second - first - 1);
  const auto index = number_in(name.substr(second + 1));
  if (!index) return std::nullopt;
  if (what == kEntries) return ledger::JournalFile{slot, tlog::BundleId{.index = *index}};
  const auto level = number_in(what);
  if (!level || *level > kHighestLevel) return std::nullopt;
  return ledger::JournalFile{slot, tlog::TileId{.level = static_cast<unsigned>(*level), .index = *index}};
}

Result<FileLine> file_in(Lines& lines, Number number) {
  const auto words = words_of(TRY(lines.field("file")), 4);
  if (words.size() < 3) return lines.wrong("has a file line that lacks a word");
  FileLine file;
  const auto digest = digest_in<32>(words[0]);
  const auto length = number_in(words[1]);
  if (!digest || !length) return lines.wrong("has a file line without a digest and a length");
  file.digest = *digest;
  file.length = *length;
  file.path = words[2];
  const auto path = parse_file_path(file.path);
  if (!path || path->made_by > number) return lines.wrong("names a file that no backup has");
  if (words.size() == 3) return file;
  file.table_id = words[3];
  if (path->kind != FileKind::Metadata || !digest_in<24>(words[3]))
    return lines.wrong("has a table's id that is none");
  return file;
}

Result<DamagedPlace> damaged_in(Lines& lines) {
  const auto words = words_of(TRY(lines.field("damaged")), 2);
  if (words.size() == 2 && words.front() == kTable && is_plain_name(words.back()))
    return DamagedPlace{.table = std::string(words.back())};
  const auto extent = number_in(words.front());
  const auto offset = number_in(words.back());
  if (words.size() != 2 || !extent || !offset) return lines.wrong("has a damaged place that is none");
  return DamagedPlace{.extent = *extent, .offset = *offset};
}

std::string seal_of(std::string_view text) {
  return fmt::format("sha256 {}\n", to_hex(crypto::sha256(as_bytes(text))));
}

}  // namespace

std::string folder_of(Number number) {
  return fmt::format("{:06}", number);
}

std::string DamagedPlace::text() const {
  return table.empty() ? fmt::format("extent {}, offset {}", extent, offset) : "file " + table;
}

bool contains(const std::vector<DamagedPlace>& places, const DamagedPlace& place) {
  return std::ranges::find(places, place) != places.end();
}

std::string metadata_path(Number number, std::string_view name) {
  return fmt::format("{}/metadata/{}", folder_of(number), name);
}
std::string part_path(Number number, std::uint64_t extent) {
  return fmt::format("{}/extents/{:016x}{}", folder_of(number), extent, kPart);
}
std::string key_path(Number number, std::string_view name) {
  return fmt::format("{}/keys/{}", folder_of(number), name);
}
std::string checkpoint_path(Number number) {
  return folder_of(number) + "/checkpoint";
}
std::string mark_path(Number number) {
  return folder_of(number) + "/development";
}

std::string journal_path(Number number, const ledger::JournalFile& file) {
  const auto* tile = std::get_if<tlog::TileId>(&file.id);
  return fmt::format("{}/journals/{}.{}.{}", folder_of(number), ledger::JournalFiles::folder(file.slot),
                     tile ? fmt::to_string(tile->level) : std::string(kEntries),
                     tile ? tile->index : std::get<tlog::BundleId>(file.id).index);
}

Result<FilePath> parse_file_path(std::string_view path) {
  const auto none = [&] {
    return fail(Code::Corrupt, fmt::format("'{}' is not the path of a file of a backup.", path));
  };
  if (path.size() <= kFolderDigits || path[kFolderDigits] != '/') return none();
  std::uint32_t number = 0;
  const auto parsed = std::from_chars(path.data(), path.data() + kFolderDigits, number);
  if (parsed.ec != std::errc{} || number == 0 || folder_of(number) != path.substr(0, kFolderDigits))
    return none();
  const auto rest = path.substr(kFolderDigits + 1);
  FilePath file{.made_by = number, .kind = FileKind::Checkpoint, .name = std::string(rest)};
  if (rest == "checkpoint") return file;
  file.kind = FileKind::Mark;
  if (rest == "development") return file;

  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return none();
  const auto folder = rest.substr(0, slash);
  file.name = rest.substr(slash + 1);
  if (!is_plain_name(file.name)) return none();
  if (folder == "metadata") {
    file.kind = FileKind::Metadata;
    return file;
  }
  if (folder == "keys") {
    file.kind = FileKind::Key;
    return file;
  }
  if (folder == "journals") {
    const auto journal = journal_in(file.name);
    if (!journal) return none();
    file.kind = FileKind::Journal;
    file.journal = *journal;
    return file;
  }
  if (folder != "extents" || !file.name.ends_with(kPart)) return none();
  const auto extent =
      hex_number(std::string_view(file.name).substr(0, file.name.size() - kPart.size()), kExtentDigits);
  if (!extent || *extent == 0) return none();
  file.kind = FileKind::ExtentPart;
  file.extent = *extent;
  return file;
}

std::string Manifest::text() const {
  auto out = fmt::format("{}\nnumber {}\nmade {}\nversion {}\nlog {} {} {}\n", kTitle, number, made, version,
                         log_size, to_hex(log_root), origin);
  for (const auto& place : damaged)
    out += place.table.empty() ? fmt::format("damaged {} {}\n", place.extent, place.offset)
                               : fmt::format("damaged {} {}\n", kTable, place.table);
  for (const auto& file : files)
    out += fmt::format("file {} {} {}{}{}\n", to_hex(file.digest), file.length, file.path,
                       file.table_id.empty() ? "" : " ", file.table_id);
  return out + seal_of(out);
}

Result<Manifest> Manifest::parse(std::string_view text) {
  Lines lines(text);
  if (TRY(lines.line()) != kTitle) return lines.wrong("is not one that this program reads");
  Manifest manifest;
  const auto number = number_in(TRY(lines.field("number")));
  if (!number || *number == 0 || *number > kLastNumber) return lines.wrong("has no number");
  manifest.number = static_cast<Number>(*number);
  manifest.made = TRY(lines.field("made"));
  const auto version = number_in(TRY(lines.field("version")));
  if (!version) return lines.wrong("has no version of the store");
  manifest.version = *version;
  const auto log = words_of(TRY(lines.field("log")), 3);
  const auto size = number_in(log.front());
  const auto root = log.size() == 3 ? digest_in<32>(log[1]) : std::nullopt;
  if (!size || !root) return lines.wrong("has no state of the public log");
  manifest.log_size = *size;
  manifest.log_root = *root;
  manifest.origin = log[2];
  while (lines.next_is("damaged ")) manifest.damaged.push_back(TRY(damaged_in(lines)));
  while (lines.next_is("file ")) manifest.files.push_back(TRY(file_in(lines, manifest.number)));
  const auto before = text.substr(0, lines.at());
  (void)TRY(lines.field("sha256"));
  if (text.substr(before.size()) != seal_of(before)) return lines.wrong("does not have its checksum");
  return manifest;
}

}  // namespace vitrine::backup
