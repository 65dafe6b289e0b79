#include "evidence/journal_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/counted.h"
#include "base/file.h"
#include "evidence/exported_copy.h"
#include "evidence/journal_export.h"
#include "evidence/loss.h"
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
    if (auto sound = check_below_signature(head_); !sound)
      return fail(Code::VerificationFailed,
                  fmt::format("What the server gave as the journal's head does not hold together: {} Nothing "
                              "in the folder was changed.",
                              sound.error().message));
    const auto earlier = TRY(earlier_head());
    const auto before = earlier ? earlier->size : 0;
    TRY(open_tree(earlier.value_or(JournalHead{.journal = {}, .size = 0, .root = tlog::empty_root()})));
    for (const auto& bundle : tlog::bundles_of_growth(before, head_.head.size)) TRY(add(bundle));
    for (const auto& [place, tile] : edge_) TRY(tiles_.write(tile.id, tile.bytes));
    if (TRY(tree_->root()) != head_.head.root)
      return fail(Code::VerificationFailed,
                  "The records are not those that the seal commits to: the journal was changed. Keep what is "
                  "in the folder from earlier.");
    if (before < head_.head.size) TRY(sync_file_system(folder_));
    if (earlier && before < head_.head.size) TRY(keep_head(before));
    TRY(replace_file(folder_ / kJournalHeadFile, as_bytes(TRY(write_journal_head(head_)))));
    remove_outgrown(before);
    return Exported{.records = head_.head.size, .added = head_.head.size - before};
  }

 private:
  /// Of the export that is there already, if any.
  [[nodiscard]] Result<std::optional<JournalHead>> earlier_head() const {
    const auto document = read_file(folder_ / kJournalHeadFile);
    if (!document && document.error().code != Code::ResourceNotFound)
      return std::unexpected(document.error());
    std::error_code error;
    if (!document) {
      if (!fs::exists(folder_, error) || fs::is_empty(folder_, error) || fs::exists(folder_ / "tile", error))
        return std::nullopt;
      return fail(Code::InvalidInput,
                  fmt::format("{} holds something else than a journal.", folder_.string()));
    }
    const auto earlier = read_journal_head(*document);
    if (!earlier)
      return fail(Code::InvalidInput, fmt::format("{} in {} cannot be read: {}", kJournalHeadFile,
                                                  folder_.string(), earlier.error().message));
    TRY(check_exported_head(*document, *earlier));
    if (earlier->head.journal != head_.head.journal)
      return fail(earlier->slot == head_.slot ? Code::VerificationFailed : Code::InvalidInput,
                  fmt::format("{} holds {}. Name another folder.", folder_.string(),
                              earlier->slot == head_.slot
                                  ? "another journal of the same slot: " + second_journal_begun(head_.slot)
                                  : "the journal of another account"));
    if (earlier->head.size > head_.head.size)
      return fail(Code::VerificationFailed,
                  fmt::format("The journal went back: {} holds {} of it, and the seal has {}. Keep the "
                              "folder: it shows what was there.",
                              folder_.string(), counted(earlier->head.size, "record"), head_.head.size));
    return earlier->head;
  }

  /// That the newest tiles, which are replaced, are those of the head vouches for what is compared with them.
  Result<void> open_tree(const JournalHead& earlier) {
    auto tree = tlog::TileTree::open(tiles_, earlier.size);
    if (!tree && tree.error().code == Code::DeviceFailed) return std::unexpected(tree.error());
    if (tree) tree_ = std::move(*tree);
    const auto root = tree_ ? tree_->root() : Result<Digest>(std::unexpected(tree.error()));
    if (!root || *root != earlier.root) return copy_was_changed("its newest tiles");
    return {};
  }

  /// A partial bundle whose place a wider one takes must have the records that the tiles are for; which
  /// facets of them are open may have changed on either side.
  Result<void> check_replaced(const tlog::BundleId& bundle) {
    const auto file = path(bundle);
    auto content = read_file(folder_ / file);
    if (!content && content.error().code == Code::ResourceNotFound) return {};  // its records were dropped
    const auto bytes = TRY(std::move(content));
    const auto leaves = hash(bundle, as_bytes(bytes));
    if (!leaves) return copy_was_changed(file);
    for (unsigned i = 0; i < bundle.width; ++i)
      if (TRY(tree_->node(0, bundle.index * kTileWidth + i)) != (*leaves)[i]) return copy_was_changed(file);
    return {};
  }

  Result<void> add(const tlog::BundleId& bundle) {
    const auto known = tree_->size() - bundle.index * kTileWidth;  // of the bundle's records
    if (known > 0) TRY(check_replaced({.index = bundle.index, .width = static_cast<unsigned>(known)}));
    const auto bytes = fetch_(tlog::path(bundle));
    const bool is_gone = !bytes && bytes.error().code == Code::ResourceNotFound;
    if (!bytes && !is_gone) return std::unexpected(bytes.error());
    if (is_gone) gone_ = bundle.index;
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

  /// What the log signed of the journal earlier is evidence of its own.
  Result<void> keep_head(std::uint64_t size) {
    const auto document = TRY(read_file(folder_ / kJournalHeadFile));
    const auto file = folder_ / kEarlierHeads / fmt::format("{}.json", size);
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    if (error)
      return fail(Code::DeviceFailed,
                  fmt::format("Could not create {}: {}.", file.parent_path().string(), error.message()));
    return replace_file(file, as_bytes(document));
  }

  void remove_outgrown(std::uint64_t before) {
    for (unsigned level = 0; before >> (level * tlog::kTileHeight) > 0; ++level) {
      const auto index = before >> (level * tlog::kTileHeight) >> tlog::kTileHeight;
      const auto width = tlog::tile_width(level, index, before);
      if (width == 0 || width == tlog::tile_width(level, index, head_.head.size)) continue;
      tiles_.remove(tlog::TileId{.level = level, .index = index, .width = width});
      // Records that nobody gives out any more stay, although no reader of the longer journal looks at them.
      if (level == 0 && gone_ != index) tiles_.remove(tlog::BundleId{.index = index, .width = width});
    }
  }

  const fs::path& folder_;
  const SealedHead& head_;
  const FetchJournalFile& fetch_;
  FolderTiles tiles_;
  std::optional<tlog::TileTree> tree_;
  std::optional<std::uint64_t> gone_;  ///< the last bundle of which only hashes were to be had
  /// The partial tiles, by level and index, as the last growth left them.
  std::map<std::pair<unsigned, std::uint64_t>, tlog::TileWrite> edge_;
};

}  // namespace

Result<Exported> update_export(const fs::path& folder, const SealedHead& head,
                               const FetchJournalFile& fetch) {
  auto updated = Update(folder, head, fetch).run();
  if (updated || (updated.error().code != Code::VerificationFailed && updated.error().code != Code::Corrupt))
    return updated;
  // What looks like another history may be what somebody did to the folder. Looking at all of it takes long,
  // but nobody waits for a result any more.
  std::error_code ignored;
  if (fs::exists(folder / kJournalHeadFile, ignored)) TRY(check_exported_copy(folder));
  return updated;
}

}  // namespace vitrine::evidence
