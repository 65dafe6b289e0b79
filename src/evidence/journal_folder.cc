#include "evidence/journal_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/file.h"
#include "evidence/journal_export.h"
#include "tlog/tile_tree.h"

namespace vitrine::evidence {
namespace {

namespace fs = std::filesystem;
using tlog::kTileWidth;

class FolderTiles final : public tlog::TileStore {
 public:
  explicit FolderTiles(const fs::path& folder) : folder_(folder) {}

  Result<Bytes> read(const tlog::TileId& tile) override {
    return to_bytes(as_bytes(TRY(read_file(folder_ / tlog::path(tile)))));
  }
  template <class Id>
  Result<void> write(const Id& id, ConstBytes bytes) {
    return replace_file_unsynced(folder_ / tlog::path(id), bytes);
  }
  /// A partial file that a wider one has replaced, and its folder once that is empty.
  template <class Id>
  void remove(const Id& id) {
    std::error_code ignored;
    const auto file = folder_ / tlog::path(id);
    fs::remove(file, ignored);
    fs::remove(file.parent_path(), ignored);
  }

 private:
  const fs::path& folder_;
};

class Update {
 public:
  Update(const fs::path& folder, const SealedHead& head, const FetchJournalFile& fetch)
      : folder_(folder), head_(head), fetch_(fetch), tiles_(folder) {}

  Result<Exported> run() {
    const auto before = TRY(size_before());
    tree_ = TRY(tlog::TileTree::open(tiles_, before));
    for (const auto& bundle : tlog::bundles_of_growth(before, head_.head.size)) TRY(add(bundle));
    for (const auto& [place, tile] : edge_) TRY(tiles_.write(tile.id, tile.bytes));
    if (TRY(tree_->root()) != head_.head.root)
      return fail(Code::VerificationFailed,
                  "The records are not those that the seal commits to: the journal was changed. Keep what is "
                  "in the folder from earlier.");
    if (before < head_.head.size) TRY(sync_file_system(folder_));
    TRY(replace_file(folder_ / kJournalHeadFile, as_bytes(TRY(write_journal_head(head_)))));
    remove_outgrown(before);
    return Exported{.records = head_.head.size, .added = head_.head.size - before};
  }

 private:
  /// Of the export that is there already.
  [[nodiscard]] Result<std::uint64_t> size_before() const {
    const auto document = read_file(folder_ / kJournalHeadFile);
    if (!document && document.error().code != Code::ResourceNotFound)
      return std::unexpected(document.error());
    std::error_code error;
    if (!document) {
      if (!fs::exists(folder_, error) || fs::is_empty(folder_, error) || fs::exists(folder_ / "tile", error))
        return 0;
      return fail(Code::InvalidInput,
                  fmt::format("{} holds something else than a journal.", folder_.string()));
    }
    const auto earlier = read_journal_head(*document);
    if (!earlier)
      return fail(Code::InvalidInput, fmt::format("{} in {} cannot be read: {}", kJournalHeadFile,
                                                  folder_.string(), earlier.error().message));
    if (earlier->head.journal != head_.head.journal)
      return fail(earlier->slot == head_.slot ? Code::VerificationFailed : Code::InvalidInput,
                  fmt::format("{} holds {}. Name another folder.", folder_.string(),
                              earlier->slot == head_.slot
                                  ? "another journal of the same slot: a second one was begun for the account"
                                  : "the journal of another account"));
    if (earlier->head.size > head_.head.size)
      return fail(Code::VerificationFailed,
                  fmt::format("The journal went back: {} holds {} records of it, and the seal has {}. Keep "
                              "the folder: it shows what was there.",
                              folder_.string(), earlier->head.size, head_.head.size));
    return earlier->head.size;
  }

  Result<void> add(const tlog::BundleId& bundle) {
    const auto known = tree_->size() - bundle.index * kTileWidth;  // of the bundle's records
    const auto bytes = fetch_(tlog::path(bundle));
    const bool is_gone = !bytes && bytes.error().code == Code::ResourceNotFound;
    if (!bytes && !is_gone) return std::unexpected(bytes.error());
    const auto leaves = TRY(is_gone ? fetch_hashes(bundle) : hash(bundle, *bytes));
    for (std::uint64_t i = 0; i < known; ++i)
      if (TRY(tree_->node(0, bundle.index * kTileWidth + i)) != leaves[i])
        return fail(Code::VerificationFailed,
                    fmt::format("Record {} is not the one that was exported earlier: history was rewritten. "
                                "Keep the folder: it shows what was there.",
                                bundle.index * kTileWidth + i));
    if (!is_gone) TRY(tiles_.write(bundle, *bytes));
    for (auto& tile : tree_->append(std::span(leaves).subspan(known))) {
      const std::pair place(tile.id.level, tile.id.index);
      if (tile.id.width < kTileWidth) {
        edge_[place] = std::move(tile);
        continue;
      }
      edge_.erase(place);
      TRY(tiles_.write(tile.id, tile.bytes));
    }
    return {};
  }

  [[nodiscard]] Result<std::vector<Digest>> hash(const tlog::BundleId& bundle, ConstBytes bytes) const {
    std::vector<Digest> leaves;
    for (auto entry : TRY(tlog::split_bundle(bytes, bundle.width)))
      leaves.push_back(TRY(leaf_of_entry(entry, head_.head.journal)));
    return leaves;
  }

  [[nodiscard]] Result<std::vector<Digest>> fetch_hashes(const tlog::BundleId& bundle) const {
    const tlog::TileId tile{.level = 0, .index = bundle.index, .width = bundle.width};
    return tlog::decode_tile(TRY(fetch_(tlog::path(tile))), tile.width);
  }

  void remove_outgrown(std::uint64_t before) {
    for (unsigned level = 0; before >> (level * tlog::kTileHeight) > 0; ++level) {
      const auto index = before >> (level * tlog::kTileHeight) >> tlog::kTileHeight;
      const auto width = tlog::tile_width(level, index, before);
      if (width == 0 || width == tlog::tile_width(level, index, head_.head.size)) continue;
      tiles_.remove(tlog::TileId{.level = level, .index = index, .width = width});
      if (level == 0) tiles_.remove(tlog::BundleId{.index = index, .width = width});
    }
  }

  const fs::path& folder_;
  const SealedHead& head_;
  const FetchJournalFile& fetch_;
  FolderTiles tiles_;
  std::optional<tlog::TileTree> tree_;
  /// The partial tiles, by level and index, as the last growth left them.
  std::map<std::pair<unsigned, std::uint64_t>, tlog::TileWrite> edge_;
};

}  // namespace

Result<Exported> update_export(const fs::path& folder, const SealedHead& head,
                               const FetchJournalFile& fetch) {
  return Update(folder, head, fetch).run();
}

}  // namespace vitrine::evidence
