#include "ledger/public_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "base/log.h"

namespace vitrine::ledger {
namespace {

const store::Key kCheckpointRow{store::Table::State, "log/checkpoint"};
constexpr const char* kTilePrefix = "log/";

/// What the published checkpoint signs; nothing when nothing was published. One that cannot be read is an
/// error: it is what tells that the store went back. Errors: Corrupt, DeviceFailed.
Result<std::optional<tlog::Checkpoint>> published_checkpoint(const std::filesystem::path& directory,
                                                             const LogKey& key) {
  auto file = directory / "checkpoint";
  auto document = read_file(file);
  if (!document && document.error().code == Code::ResourceNotFound) return std::nullopt;
  if (!document) return std::unexpected(document.error());
  auto checkpoint = tlog::open_checkpoint(*document, key.name);
  if (checkpoint) return std::move(*checkpoint);
  return fail(Code::Corrupt,
              fmt::format("{} is not a checkpoint of this log: {} Without it nobody can tell whether the "
                          "store is older than what was published. Put the newest checkpoint back, from a "
                          "mirror or a backup of the log.",
                          file.string(), checkpoint.error().message));
}

Result<tlog::Checkpoint> open_stored(std::string_view note, const LogKey& key) {
  auto checkpoint = tlog::open_checkpoint(note, key.name);
  if (checkpoint) return checkpoint;
  return fail(Code::Corrupt,
              fmt::format("The store's public log is not signed with keys/log.key: {} Put the key of this "
                          "store's log back.",
                          checkpoint.error().message));
}

std::unexpected<Error> store_is_behind(std::uint64_t published, std::uint64_t stored) {
  return fail(Code::Corrupt,
              fmt::format("The published log has {} entries, the store {}: an older state was restored, or "
                          "its newest commits were lost. Going on would publish a second history; "
                          "`vitrine recover` brings the store up to its published log.",
                          published, stored));
}

/// Without a checkpoint the tiles tell. A crash in the very first publication leaves such a directory, too.
Result<void> check_unpublished(const std::filesystem::path& directory, std::uint64_t stored) {
  const auto shown = TRY(entries_in_files(directory));
  if (shown > stored) return store_is_behind(shown, stored);
  if (stored > 0)
    log::warn(
        "the public log has no checkpoint: nobody can tell whether the store is older than what was "
        "published, and the files are written anew",
        {{"directory", directory.string()}, {"entries", std::to_string(stored)}});
  return {};
}

/// What is published must be how this log began. Errors: Corrupt.
Result<void> check_published(const tlog::Checkpoint& published, tlog::TileTree& tree) {
  if (published.size > tree.size()) return store_is_behind(published.size, tree.size());
  if (TRY(tlog::root_at(tree, published.size)) != published.root)
    return fail(Code::Corrupt,
                fmt::format("The first {} entries of the published log are not those of the store. Going on "
                            "would publish a second history.",
                            published.size));
  return {};
}

}  // namespace

const store::Key& checkpoint_key() {
  return kCheckpointRow;
}

Result<std::optional<tlog::Checkpoint>> stored_checkpoint(const StoredTiles::LookUp& look_up) {
  auto row = TRY(look_up(kCheckpointRow));
  if (!row.exists()) return std::nullopt;
  return TRY(tlog::Checkpoint::parse(TRY(tlog::Note::parse(row.value)).text));
}

Result<tlog::Digest> log_root(const StoredTiles::LookUp& look_up, std::uint64_t size) {
  auto checkpoint = TRY(stored_checkpoint(look_up));
  StoredTiles tiles(look_up, kTilePrefix);
  auto tree = TRY(tlog::TileTree::open(tiles, checkpoint ? checkpoint->size : 0));
  return tlog::root_at(tree, size);
}

Result<std::uint64_t> entries_in_files(const std::filesystem::path& directory) {
  namespace fs = std::filesystem;
  const auto failed = [&](const std::error_code& error) {
    return fail(Code::DeviceFailed,
                fmt::format("Reading {} failed: {}.", directory.string(), error.message()));
  };
  std::uint64_t entries = 0;
  std::error_code error;
  fs::recursive_directory_iterator file(directory / "tile", error);
  if (error == std::errc::no_such_file_or_directory) return entries;
  if (error) return failed(error);
  for (; file != fs::recursive_directory_iterator(); file.increment(error)) {
    if (error) return failed(error);
    const auto id = tlog::parse_tile_path(file->path().lexically_relative(directory).string());
    if (!id) continue;
    if (const auto* bundle = std::get_if<tlog::BundleId>(&*id))
      entries = std::max(entries, bundle->index * tlog::kTileWidth + bundle->width);
  }
  if (error) return failed(error);
  return entries;
}

namespace {

/// Of a bundle that is as wide or wider.
Result<Bytes> narrowed(const Bytes& bundle, unsigned width, unsigned narrower) {
  Bytes out;
  const auto entries = TRY(tlog::split_bundle(bundle, width));
  for (const auto& entry : std::span(entries).first(narrower)) TRY(tlog::append_entry(out, entry));
  return out;
}

/// The files at the right edge of a log of `size` entries, cut from those of the larger one that is stored.
Result<void> write_edge(StoredTiles& tiles, const std::filesystem::path& directory, std::uint64_t size,
                        std::uint64_t stored) {
  const auto write = [&](const auto& id, ConstBytes bytes) {
    return replace_file(directory / tlog::path(id), bytes);
  };
  for (const auto& tile : tlog::tiles_of_growth(0, size)) {
    if (tile.width == tlog::kTileWidth) continue;
    auto wider = tile;
    wider.width = tlog::tile_width(tile.level, tile.index, stored);
    const auto bytes = TRY(tiles.read(wider));
    TRY(write(tile, ConstBytes(bytes).first(tile.width * std::tuple_size_v<tlog::Digest>)));
    if (tile.level > 0) continue;
    const tlog::BundleId bundle{tile.index, tile.width};
    const auto entries = TRY(tiles.read(tlog::BundleId{tile.index, wider.width}));
    TRY(write(bundle, TRY(narrowed(entries, wider.width, tile.width))));
  }
  return {};
}

}  // namespace

Result<std::optional<tlog::Checkpoint>> write_log_files(store::Store& store,
                                                        const std::filesystem::path& directory,
                                                        std::optional<std::uint64_t> published) {
  auto checkpoint = TRY(stored_checkpoint([&](const store::Key& key) { return store.look_up(key); }));
  if (!checkpoint) return std::nullopt;
  StoredTiles tiles(store, kTilePrefix);
  auto tree = TRY(tlog::TileTree::open(tiles, checkpoint->size));
  if (TRY(tree.root()) != checkpoint->root)
    return fail(Code::Corrupt, "The tiles of the public log in the store are not those of its checkpoint.");
  auto write = [&](const auto& tile) -> Result<void> {
    return replace_file(directory / tlog::path(tile), TRY(tiles.read(tile)));
  };
  for (const auto& tile : tlog::tiles_of_growth(0, checkpoint->size)) TRY(write(tile));
  for (const auto& bundle : tlog::bundles_of_growth(0, checkpoint->size)) TRY(write(bundle));
  if (published && *published < checkpoint->size)
    TRY(write_edge(tiles, directory, *published, checkpoint->size));
  return checkpoint;
}

PublicLog::PublicLog(const LogKey& key, std::filesystem::path directory, std::unique_ptr<StoredTiles> tiles,
                     tlog::TileTree tree, std::string checkpoint, std::uint64_t published)
    : key_(&key),
      directory_(std::move(directory)),
      tiles_(std::move(tiles)),
      tree_(std::move(tree)),
      checkpoint_(std::move(checkpoint)),
      published_(published) {}

Result<PublicLog> PublicLog::open(store::Store& store, const LogKey& key, std::filesystem::path directory) {
  auto row = TRY(store.look_up(kCheckpointRow));
  std::uint64_t size = 0;
  if (row.exists()) size = TRY(open_stored(row.value, key)).size;
  auto tiles = std::make_unique<StoredTiles>(store, kTilePrefix);
  auto tree = TRY(tlog::TileTree::open(*tiles, size));
  auto published = TRY(published_checkpoint(directory, key));
  if (published)
    TRY(check_published(*published, tree));
  else
    TRY(check_unpublished(directory, size));
  return PublicLog(key, std::move(directory), std::move(tiles), std::move(tree), std::move(row.value),
                   published ? published->size : 0);
}

Result<PublicLog> PublicLog::open_behind(store::Store& store, const LogKey& key) {
  auto row = TRY(store.look_up(kCheckpointRow));
  const auto size = row.exists() ? TRY(open_stored(row.value, key)).size : 0;
  auto tiles = std::make_unique<StoredTiles>(store, kTilePrefix);
  auto tree = TRY(tlog::TileTree::open(*tiles, size));
  return PublicLog(key, {}, std::move(tiles), std::move(tree), std::move(row.value), size);
}

Result<Bytes> PublicLog::grown_bundle(const tlog::BundleId& bundle, std::uint64_t old_size,
                                      std::span<const Bytes> entries) {
  auto first = bundle.index * tlog::kTileWidth;
  Bytes bytes;
  if (first < old_size)
    bytes = TRY(tiles_->read(tlog::BundleId{bundle.index, static_cast<unsigned>(old_size - first)}));
  for (auto at = std::max(first, old_size); at < first + bundle.width; ++at)
    TRY(tlog::append_entry(bytes, entries[at - old_size]));
  return bytes;
}

Result<std::vector<store::Write>> PublicLog::append(const std::vector<evidence::PublicEntry>& entries) {
  std::vector<Bytes> encoded;
  for (const auto& entry : entries) encoded.push_back(evidence::encode_entry(entry));
  return append_published(encoded);
}

Result<std::vector<store::Write>> PublicLog::append_published(std::span<const Bytes> entries) {
  std::vector<tlog::Digest> leaves;
  for (const auto& entry : entries) leaves.push_back(tlog::leaf_hash(entry));
  auto old_size = tree_.size();
  std::vector<store::Write> writes;
  tiles_->erase_outgrown(old_size, old_size + entries.size(), writes);
  for (const auto& bundle : tlog::bundles_of_growth(old_size, old_size + entries.size()))
    writes.push_back(tiles_->write(tlog::path(bundle), TRY(grown_bundle(bundle, old_size, entries))));
  for (const auto& tile : tree_.append(leaves))
    writes.push_back(tiles_->write(tlog::path(tile.id), tile.bytes));
  tlog::Checkpoint signed_size{
      .origin = key_->name.name(), .size = tree_.size(), .root = TRY(tree_.root()), .extensions = {}};
  checkpoint_ = TRY(tlog::sign_checkpoint(signed_size, key_->name, key_->signing));
  writes.push_back({kCheckpointRow, checkpoint_});
  return writes;
}

template <class Id>
Result<void> PublicLog::publish_tile(const Id& tile) {
  auto file = directory_ / tlog::path(tile);
  TRY(replace_file(file, TRY(tiles_->read(tile))));
  if (tile.width < tlog::kTileWidth) return {};
  // C2SP tlog-tiles: once the full tile is there, its partial ones may go.
  std::error_code ignored;
  std::filesystem::remove_all(file.string() + ".p", ignored);
  return {};
}

Result<void> PublicLog::publish() {
  if (published_ == tree_.size()) return {};
  for (const auto& tile : tlog::tiles_of_growth(published_, tree_.size())) TRY(publish_tile(tile));
  for (const auto& bundle : tlog::bundles_of_growth(published_, tree_.size())) TRY(publish_tile(bundle));
  TRY(replace_file(directory_ / "checkpoint", as_bytes(checkpoint_)));
  published_ = tree_.size();
  return {};
}

}  // namespace vitrine::ledger
