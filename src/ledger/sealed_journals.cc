#include "ledger/sealed_journals.h"

#include <fmt/format.h>

#include "base/cbor.h"

namespace vitrine::ledger {
namespace {

/// Leaves taken from the store at a time: bounds the memory of a seal after a busy second.
constexpr std::size_t kLeavesAtATime = 4096;

std::string size_row(std::uint32_t slot) {
  return fmt::format("sealed-size/{:08x}", slot);
}

std::string encode_size(std::uint64_t size) {
  CborWriter writer;
  writer.unsigned_int(size);
  return std::string(as_text(writer.view()));
}

}  // namespace

store::Key slot_key(std::uint32_t slot) {
  return {store::Table::State, fmt::format("slot/{:08x}", slot)};
}

Result<SealedJournals::Journal> SealedJournals::open(std::uint32_t slot, std::uint64_t size) {
  auto row = TRY(store_.look_up(slot_key(slot)));
  evidence::JournalId id;
  if (row.value.size() != id.bytes.size())
    return fail(Code::Corrupt, fmt::format("Slot {} has no journal; the store is damaged.", slot));
  std::copy(row.value.begin(), row.value.end(), id.bytes.begin());
  auto tiles = std::make_unique<JournalTiles>(store_, files_, slot);
  auto tree = TRY(tlog::TileTree::open(*tiles, size));
  return Journal{.id = id,
                 .secret = key_.slot_secret(slot),
                 .tiles = std::move(tiles),
                 .tree = std::move(tree),
                 .sealed_size = size};
}

Result<void> SealedJournals::load() {
  journals_.clear();
  for (const auto& row : TRY(store_.scan(store::Table::State, "sealed-size/", "sealed-size0", SIZE_MAX))) {
    CborReader reader(as_bytes(row.value));
    auto slot = static_cast<std::uint32_t>(journals_.size());
    if (row.key != size_row(slot))
      return fail(Code::Corrupt, fmt::format("The sealed journals skip slot {}.", slot));
    journals_.push_back(TRY(open(slot, TRY(reader.unsigned_int()))));
  }
  return {};
}

Result<store::Write> SealedJournals::add(std::uint32_t slot) {
  if (slot != journals_.size())
    return fail(Code::Corrupt,
                fmt::format("Slot {} follows slot {}; the store is damaged.", slot, journals_.size()));
  journals_.push_back(TRY(open(slot, 0)));
  return store::Write{{store::Table::State, size_row(slot)}, encode_size(0)};
}

Result<std::vector<store::Write>> SealedJournals::grow(const std::vector<store::JournalSize>& sizes) {
  std::vector<store::Write> writes;
  for (const auto& stored : sizes) {
    const auto slot = stored.slot;
    const auto size = stored.size;
    if (slot >= journals_.size())
      return fail(Code::Corrupt, fmt::format("Slot {} has records and no account.", slot));
    auto& journal = journals_[slot];
    auto before = journal.tree.size();
    std::map<tlog::TileId, Bytes> tiles;
    while (journal.tree.size() < size) {
      auto at = journal.tree.size();
      std::vector<tlog::Digest> leaves;
      for (auto& entry :
           TRY(store_.scan_journal(slot, at, std::min<std::uint64_t>(kLeavesAtATime, size - at))))
        leaves.push_back(entry.leaf);
      if (leaves.empty()) return fail(Code::Corrupt, fmt::format("Slot {} lacks record {}.", slot, at));
      for (auto& tile : journal.tree.append(leaves)) tiles[tile.id] = std::move(tile.bytes);
    }
    if (before == journal.tree.size()) continue;
    for (const auto& [id, bytes] : tiles)
      if (tlog::tile_width(id.level, id.index, journal.tree.size()) == id.width)
        writes.push_back(journal.tiles->rows().write(tlog::path(id), bytes));
    journal.tiles->rows().erase_outgrown(before, journal.tree.size(), writes);
    writes.push_back({{store::Table::State, size_row(slot)}, encode_size(journal.tree.size())});
  }
  return writes;
}

Result<tlog::Digest> SealedJournals::seal(std::uint64_t seal_number) {
  heads_ = tlog::MemoryTree();
  seal_number_ = seal_number;
  for (auto& journal : journals_) {
    journal.sealed_size = journal.tree.size();
    if (journal.rooted_size != journal.sealed_size) {
      journal.root = TRY(journal.tree.root());
      journal.rooted_size = journal.sealed_size;
    }
    heads_.append(evidence::head_leaf({journal.id, journal.sealed_size, journal.root},
                                      evidence::head_salt(journal.secret, seal_number)));
  }
  return heads_.root();
}

Result<Moved> SealedJournals::move_to_files(JournalMover& mover) {
  Moved moved;
  for (std::uint32_t slot = 0; slot < journals_.size(); ++slot)
    TRY(mover.move(slot, store_.journal_front(slot), journals_[slot].sealed_size, moved));
  return moved;
}

Result<evidence::SealedHead> SealedJournals::open_slot(std::uint32_t slot) {
  if (slot >= journals_.size() || heads_.size() <= slot)
    return fail(Code::ReceiptNotReady, "The account is not in a seal yet; ask again in a second.");
  const auto& journal = journals_[slot];
  evidence::SealedHead sealed;
  sealed.head = {journal.id, journal.sealed_size, journal.root};
  sealed.slot = slot;
  sealed.slot_salt = evidence::head_salt(journal.secret, seal_number_);
  sealed.heads_path = TRY(tlog::prove_inclusion(heads_, slot, heads_.size()));
  return sealed;
}

Result<tlog::Proof> SealedJournals::prove(std::uint32_t slot, std::uint64_t index) {
  if (slot >= journals_.size() || index >= journals_[slot].sealed_size)
    return fail(Code::ReceiptNotReady, "The record is not in a seal yet; ask again in a second.");
  auto& journal = journals_[slot];
  return tlog::prove_inclusion(journal.tree, index, journal.sealed_size);
}

}  // namespace vitrine::ledger
