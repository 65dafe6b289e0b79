#include "tlog/log_walk.h"

#include <fmt/format.h>

#include "tlog/widest_file.h"

namespace vitrine::tlog {
namespace {

constexpr std::size_t kDigestSize = std::tuple_size_v<Digest>;

}  // namespace

LogWalk::LogWalk(ReadFile read, std::uint64_t size)
    : LogWalk(
          std::move(read), size, [](ConstBytes entry) -> Result<Digest> { return leaf_hash(entry); },
          Dropped::Refused) {}

Result<void> LogWalk::run(const Visit& visit) {
  for (std::uint64_t index = 0; auto width = tile_width(0, index, size_); ++index)
    TRY(visit_bundle({index, width}, visit));
  return check_edge();
}

Result<void> LogWalk::visit_bundle(const BundleId& id, const Visit& visit) {
  place_ = path(id);
  auto file = read_widest(read_, id);
  const bool is_dropped =
      !file && file.error().code == Code::ResourceNotFound && accepts_dropped_ == Dropped::Accepted;
  if (!file && !is_dropped) return std::unexpected(std::move(file).error());
  const auto hashes =
      TRY(is_dropped ? take_hashes_only(id, visit) : visit_entries(id, file->bytes, file->width, visit));
  return id.width < kTileWidth ? Result<void>{} : add_full_tile(id.index, hashes);
}

Result<std::vector<Digest>> LogWalk::take_hashes_only(const BundleId& id, const Visit& visit) {
  const TileId tile{.level = 0, .index = id.index, .width = id.width};
  place_ = path(tile);
  const auto file = TRY(read_widest(read_, tile));
  auto hashes = TRY(decode_tile(file.bytes, file.width));
  hashes.resize(id.width);
  for (const auto& hash : hashes) {
    frontier_.append(hash);
    ++dropped_;
    visit(std::nullopt, hash);
  }
  return hashes;
}

Result<std::vector<Digest>> LogWalk::visit_entries(const BundleId& id, ConstBytes bundle, unsigned width,
                                                   const Visit& visit) {
  auto entries = TRY(split_bundle(bundle, width));
  entries.resize(id.width);
  const auto at = [&](std::size_t i) {
    return fmt::format("{}, entry {}, byte {}", path(id), id.index * kTileWidth + i,
                       entries[i].data() - bundle.data());
  };
  std::vector<Digest> hashes;
  hashes.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto leaf = leaf_of_(entries[i]);
    if (!leaf) place_ = at(i);
    hashes.push_back(TRY(std::move(leaf)));
  }
  TRY(check_tile({0, id.index, id.width}, hashes));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    frontier_.append(hashes[i]);
    place_ = at(i);
    visit(entries[i], hashes[i]);
  }
  return hashes;
}

/// A full tile is one hash of the tile above, which may become full by it.
Result<void> LogWalk::add_full_tile(std::uint64_t index, std::span<const Digest> hashes) {
  auto hash = root_of_perfect(hashes);
  for (std::size_t level = 1;; ++level) {
    if (level > rows_.size()) rows_.emplace_back();
    auto& row = rows_[level - 1];
    row.push_back(hash);
    index /= kTileWidth;
    if (row.size() < kTileWidth) return {};
    TRY(check_tile({static_cast<unsigned>(level), index, kTileWidth}, row));
    hash = root_of_perfect(row);
    row.clear();
  }
}

Result<void> LogWalk::check_edge() {
  for (std::size_t level = 1; level <= rows_.size(); ++level) {
    const auto& row = rows_[level - 1];
    if (row.empty()) continue;
    auto index = size_ >> (kTileHeight * (level + 1));
    TRY(check_tile({static_cast<unsigned>(level), index, static_cast<unsigned>(row.size())}, row));
  }
  return {};
}

Result<void> LogWalk::check_tile(const TileId& id, std::span<const Digest> expected) {
  place_ = path(id);
  auto file = TRY(read_widest(read_, id));
  auto hashes = TRY(decode_tile(file.bytes, file.width));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (hashes[i] == expected[i]) continue;
    place_ = fmt::format("{}, hash {}, byte {}", path(id), i, i * kDigestSize);
    return fail(Code::VerificationFailed,
                id.level == 0
                    ? fmt::format("Entry {} is not the one whose hash the tile holds: the entry or the "
                                  "tile was changed.",
                                  id.index * kTileWidth + i)
                    : "The tile does not hold the hashes of the tiles below it: it was changed.");
  }
  return {};
}

}  // namespace vitrine::tlog
