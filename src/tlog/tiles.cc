#include "tlog/tiles.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace vitrine::tlog {
namespace {

constexpr std::string_view kHashPrefix = "tile/", kEntryPrefix = "tile/entries/", kPartialMark = ".p/";
constexpr unsigned kMaxLevel = 63;
constexpr std::size_t kDigestSize = std::tuple_size_v<Digest>;

/// "x001/x234/067": groups of three digits, all but the last marked, so that no file is also a folder.
std::string index_path(std::uint64_t index) {
  auto text = fmt::format("{:03}", index % 1000);
  while ((index /= 1000) > 0) text = fmt::format("x{:03}/{}", index % 1000, text);
  return text;
}

std::string location(std::string_view prefix, std::uint64_t index, unsigned width) {
  auto partial = width < kTileWidth ? fmt::format("{}{}", kPartialMark, width) : std::string();
  return fmt::format("{}{}{}", prefix, index_path(index), partial);
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The digits of "x001/x234/067" as one number. Other spellings that it lets pass differ from index_path().
std::optional<std::uint64_t> parse_index(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  return parse_number<std::uint64_t>(digits);
}

std::optional<BundleId> parse_location(std::string_view text) {
  auto mark = text.find(kPartialMark);
  auto index = parse_index(text.substr(0, mark));
  if (!index) return std::nullopt;
  if (mark == text.npos) return BundleId{*index, kTileWidth};
  auto width = parse_number<unsigned>(text.substr(mark + kPartialMark.size()));
  if (!width || *width == 0 || *width >= kTileWidth) return std::nullopt;
  return BundleId{*index, *width};
}

std::optional<TileId> parse_hash_location(std::string_view text) {
  auto slash = text.find('/');
  if (slash == text.npos) return std::nullopt;
  auto level = parse_number<unsigned>(text.substr(0, slash));
  auto rest = parse_location(text.substr(slash + 1));
  if (!level || *level > kMaxLevel || !rest) return std::nullopt;
  return TileId{*level, rest->index, rest->width};
}

/// How many hashes a tree of `size` leaves has at a tile level.
std::uint64_t hashes_at(unsigned level, std::uint64_t size) {
  auto shift = level * kTileHeight;
  return shift < 64 ? size >> shift : 0;
}

/// The tiles at one level that hold hashes [old_count, new_count).
template <class Add>
void for_each_grown(std::uint64_t old_count, std::uint64_t new_count, Add add) {
  if (old_count == new_count) return;
  for (auto index = old_count / kTileWidth; index * kTileWidth < new_count; ++index)
    add(index, static_cast<unsigned>(std::min<std::uint64_t>(kTileWidth, new_count - index * kTileWidth)));
}

}  // namespace

std::string path(const TileId& tile) {
  return location(fmt::format("{}{}/", kHashPrefix, tile.level), tile.index, tile.width);
}

std::string path(const BundleId& bundle) {
  return location(kEntryPrefix, bundle.index, bundle.width);
}

Result<std::variant<TileId, BundleId>> parse_tile_path(std::string_view text) {
  using Either = std::variant<TileId, BundleId>;
  if (text.starts_with(kEntryPrefix)) {
    auto bundle = parse_location(text.substr(kEntryPrefix.size()));
    if (bundle && path(*bundle) == text) return Either(*bundle);
  } else if (text.starts_with(kHashPrefix)) {
    auto tile = parse_hash_location(text.substr(kHashPrefix.size()));
    if (tile && path(*tile) == text) return Either(*tile);
  }
  return fail(Code::InvalidUri, "This is not the path of a tile or entry bundle (C2SP tlog-tiles).");
}

unsigned tile_width(unsigned level, std::uint64_t index, std::uint64_t size) {
  auto count = hashes_at(level, size);
  if (index > count / kTileWidth) return 0;
  return static_cast<unsigned>(std::min<std::uint64_t>(kTileWidth, count - index * kTileWidth));
}

std::vector<TileId> tiles_of_growth(std::uint64_t old_size, std::uint64_t new_size) {
  std::vector<TileId> tiles;
  for (unsigned level = 0; hashes_at(level, new_size) > 0; ++level)
    for_each_grown(hashes_at(level, old_size), hashes_at(level, new_size),
                   [&](std::uint64_t index, unsigned width) { tiles.push_back({level, index, width}); });
  return tiles;
}

std::vector<BundleId> bundles_of_growth(std::uint64_t old_size, std::uint64_t new_size) {
  std::vector<BundleId> bundles;
  for_each_grown(old_size, new_size,
                 [&](std::uint64_t index, unsigned width) { bundles.push_back({index, width}); });
  return bundles;
}

Result<void> append_entry(Bytes& bundle, ConstBytes entry) {
  if (entry.size() > kMaxEntrySize)
    return fail(Code::OutOfRangeInput,
                fmt::format("A log entry may have {} bytes; this one has {}.", kMaxEntrySize, entry.size()));
  bundle.push_back(static_cast<std::uint8_t>(entry.size() >> 8));
  bundle.push_back(static_cast<std::uint8_t>(entry.size() & 0xff));
  append(bundle, entry);
  return {};
}

Result<std::vector<ConstBytes>> split_bundle(ConstBytes bundle, unsigned width) {
  std::vector<ConstBytes> entries;
  std::size_t at = 0;
  for (unsigned i = 0; i < width; ++i) {
    auto left = bundle.size() - at;
    std::size_t size = left < 2 ? 0 : std::size_t{bundle[at]} << 8 | bundle[at + 1];
    if (left < 2 || left - 2 < size)
      return fail(Code::Corrupt,
                  fmt::format("The entry bundle ends within entry {} of {}, at byte {}.", i, width, at));
    entries.push_back(bundle.subspan(at + 2, size));
    at += 2 + size;
  }
  if (at == bundle.size()) return entries;
  return fail(Code::Corrupt, fmt::format("Bytes follow the last entry of the bundle, at byte {}.", at));
}

Bytes encode_tile(std::span<const Digest> hashes) {
  Bytes bytes;
  bytes.reserve(hashes.size() * kDigestSize);
  for (const auto& hash : hashes) append(bytes, hash);
  return bytes;
}

Result<std::vector<Digest>> decode_tile(ConstBytes bytes, unsigned width) {
  if (bytes.size() != width * kDigestSize)
    return fail(Code::Corrupt, fmt::format("A tile of {} hashes has {} bytes; this one has {}.", width,
                                           width * kDigestSize, bytes.size()));
  std::vector<Digest> hashes(width);
  for (unsigned i = 0; i < width; ++i)
    std::ranges::copy(bytes.subspan(i * kDigestSize, kDigestSize), hashes[i].begin());
  return hashes;
}

Digest root_of_perfect(std::span<const Digest> hashes) {
  std::vector<Digest> row(hashes.begin(), hashes.end());
  for (; row.size() > 1; row.resize(row.size() / 2))
    for (std::size_t i = 0; i < row.size() / 2; ++i) row[i] = node_hash(row[2 * i], row[2 * i + 1]);
  return row.front();
}

}  // namespace vitrine::tlog
