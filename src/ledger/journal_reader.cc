#include "ledger/journal_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/dropped_records.h"

namespace vitrine::ledger {
namespace {

using tlog::kTileWidth;

std::unexpected<Error> damaged(std::uint32_t slot, const std::string& path, std::string_view what) {
  return fail(Code::Corrupt, fmt::format("The file journals/{}/{} is damaged: {} Restore it from a backup.",
                                         JournalFiles::folder(slot), path, what));
}

std::unexpected<Error> not_that_long(const std::string& path) {
  return fail(Code::ResourceNotFound, fmt::format("The journal has no {} yet.", path));
}

std::unexpected<Error> dropped(std::uint64_t first_kept) {
  return fail(
      Code::RecordNotFound,
      fmt::format("Records 0 to {} of the journal were kept as long as they had to be and are dropped: "
                  "their hashes are left, and a record says so.",
                  first_kept - 1));
}

/// A file that must be there.
template <class Id>
Result<Bytes> read_there(const JournalFiles& files, std::uint32_t slot, const Id& id) {
  auto bytes = files.read(slot, id);
  if (bytes || bytes.error().code != Code::ResourceNotFound) return bytes;
  return fail(Code::Corrupt, fmt::format("The file journals/{}/{} is missing. Restore it from a backup.",
                                         JournalFiles::folder(slot), path(id)));
}

}  // namespace

Result<std::vector<store::JournalEntry>> JournalReader::from_file(std::uint32_t slot, std::uint64_t from,
                                                                  std::uint64_t end) const {
  const tlog::BundleId bundle{.index = from / kTileWidth};
  auto file = read_there(files_, slot, bundle);
  if (!file && file.error().code == Code::Corrupt)
    if (const auto kept = TRY(first_kept(slot)); from < kept) return dropped(kept);
  const auto bytes = TRY(std::move(file));
  const auto entries = tlog::split_bundle(bytes, bundle.width);
  if (!entries) return damaged(slot, path(bundle), entries.error().message);
  const auto leaves = TRY(hashes(slot, {.level = 0, .index = bundle.index}));
  std::vector<store::JournalEntry> records;
  const auto first = bundle.index * kTileWidth;
  const auto behind = std::min<std::uint64_t>(end - first, kTileWidth);
  for (auto i = from - first; i < behind; ++i) {
    const auto record = evidence::decode_shown((*entries)[i]);
    if (!record || evidence::leaf(*record) != leaves[i])
      return damaged(slot, path(bundle),
                     fmt::format("record {} is not the one whose hash its tile holds.", first + i));
    records.push_back({leaves[i], std::string(as_text((*entries)[i]))});
  }
  return records;
}

Result<std::vector<store::JournalEntry>> JournalReader::records(std::uint32_t slot, std::uint64_t from,
                                                                std::size_t limit) const {
  std::vector<store::JournalEntry> records;
  const auto size = store_->journal_size(slot);
  const auto end = from >= size ? from : from + std::min<std::uint64_t>(limit, size - from);
  while (from < end) {
    // The front moves only once the files are there.
    if (from >= store_->journal_front(slot)) {
      auto rest = store_->scan_journal(slot, from, end - from);
      if (!rest && rest.error().code == Code::RecordNotFound) continue;
      std::ranges::move(TRY(std::move(rest)), std::back_inserter(records));
      return records;
    }
    auto some = TRY(from_file(slot, from, end));
    from += some.size();
    std::ranges::move(some, std::back_inserter(records));
  }
  return records;
}

Result<std::uint64_t> JournalReader::first_kept(std::uint32_t slot) const {
  return dropped_below(*store_, slot);
}

Result<std::vector<tlog::Digest>> JournalReader::leaves(std::uint32_t slot, std::uint64_t from,
                                                        std::size_t limit) const {
  std::vector<tlog::Digest> all;
  const auto size = store_->journal_size(slot);
  const auto end = from >= size ? from : from + std::min<std::uint64_t>(limit, size - from);
  while (from < end) {
    const auto bundle = from / kTileWidth;
    const auto tile =
        TRY(hashes(slot, {.level = 0, .index = bundle, .width = tlog::tile_width(0, bundle, size)}));
    const auto behind = std::min<std::uint64_t>(end - bundle * kTileWidth, tile.size());
    all.insert(all.end(), tile.begin() + static_cast<std::ptrdiff_t>(from % kTileWidth),
               tile.begin() + static_cast<std::ptrdiff_t>(behind));
    from = bundle * kTileWidth + behind;
  }
  return all;
}

Result<Bytes> JournalReader::read(std::uint32_t slot, const tlog::BundleId& bundle) const {
  const auto first = bundle.index * kTileWidth;
  if (tlog::tile_width(0, bundle.index, store_->journal_size(slot)) < bundle.width)
    return not_that_long(path(bundle));
  Bytes bytes;
  auto there = records(slot, first, bundle.width);
  if (!there && there.error().code == Code::RecordNotFound)
    return fail(Code::ResourceNotFound, there.error().message);
  for (const auto& record : TRY(std::move(there))) TRY(tlog::append_entry(bytes, as_bytes(record.bytes)));
  return bytes;
}

Result<Bytes> JournalReader::read(std::uint32_t slot, const tlog::TileId& tile) const {
  if (tlog::tile_width(tile.level, tile.index, store_->journal_size(slot)) < tile.width)
    return not_that_long(path(tile));
  return tlog::encode_tile(TRY(hashes(slot, tile)));
}

Result<std::vector<tlog::Digest>> JournalReader::from_tile(std::uint32_t slot, const tlog::TileId& tile,
                                                           ConstBytes file) const {
  auto hashes = tlog::decode_tile(file, kTileWidth);
  if (!hashes) return damaged(slot, path(tile), hashes.error().message);
  hashes->resize(tile.width);
  return hashes;
}

Result<std::vector<tlog::Digest>> JournalReader::hashes(std::uint32_t slot, const tlog::TileId& tile) const {
  const tlog::TileId full{.level = tile.level, .index = tile.index};
  const auto file = files_.read(slot, full);
  if (file) return from_tile(slot, tile, *file);
  if (file.error().code != Code::ResourceNotFound) return std::unexpected(file.error());
  std::vector<tlog::Digest> all;
  if (tile.level > 0) {
    for (unsigned i = 0; i < tile.width; ++i)
      all.push_back(tlog::root_of_perfect(
          TRY(hashes(slot, {.level = tile.level - 1, .index = tile.index * kTileWidth + i}))));
    return all;
  }
  auto tail = store_->scan_journal(slot, tile.index * kTileWidth, tile.width);
  if (!tail && tail.error().code == Code::RecordNotFound)  // it went to the files in between
    return from_tile(slot, tile, TRY(read_there(files_, slot, full)));
  for (const auto& record : TRY(std::move(tail))) all.push_back(record.leaf);
  return all;
}

}  // namespace vitrine::ledger
