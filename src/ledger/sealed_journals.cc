#include "ledger/sealed_journals.h"

#include <fmt/format.h>

#include "ledger/count_row.h"

namespace vitrine::ledger {
namespace {

/// Leaves taken from the store at a time: bounds the memory of a seal after a busy second.
constexpr std::size_t kLeavesAtATime = 4096;

std::string size_row(std::uint32_t stream) {
  return fmt::format("sealed-size/{:08x}", stream);
}

}  // namespace

store::Write sealed_size_write(std::uint32_t stream, std::uint64_t size) {
  return {{store::Table::State, size_row(stream)}, encode_count(size)};
}

Result<SealedJournals::Journal> SealedJournals::open(std::uint32_t slot, const identity::JournalPlace& place,
                                                     std::uint64_t size) {
  auto tiles = std::make_unique<JournalTiles>(store_, files_, place.stream);
  auto tree = TRY(tlog::TileTree::open(*tiles, size));
  slots_[place.stream] = slot;
  return Journal{.stream = place.stream,
                 .id = {place.journal},
                 .secret = key_.slot_secret(slot),
                 .tiles = std::move(tiles),
                 .tree = std::move(tree),
                 .sealed_size = size};
}

Result<void> SealedJournals::load() {
  journals_.clear();
  slots_.clear();
  bool waits = false;  // for its account's public entry
  for (const auto& row :
       TRY(store_.scan(store::Table::State, identity::kSlotPrefix, identity::kBehindSlots, SIZE_MAX))) {
    const auto slot = static_cast<std::uint32_t>(journals_.size());
    if (row.key != identity::slot_key(slot).bytes && !waits)
      return fail(Code::Corrupt, fmt::format("The journals skip slot {}.", slot));
    const auto place = TRY(identity::decode_slot(slot, row.value));
    const auto size = TRY(store_.look_up({store::Table::State, size_row(place.stream)}));
    if (waits && size.exists())
      return fail(Code::Corrupt, fmt::format("The sealed journals skip slot {}.", slot));
    waits = !size.exists();
    if (waits) continue;
    journals_.push_back(TRY(open(slot, place, TRY(decode_count(size.value)))));
  }
  return {};
}

Result<store::Write> SealedJournals::add(std::uint32_t slot) {
  if (slot != journals_.size())
    return fail(Code::Corrupt,
                fmt::format("Slot {} follows slot {}; the store is damaged.", slot, journals_.size()));
  const auto row = TRY(store_.look_up(identity::slot_key(slot)));
  const auto place = TRY(identity::decode_slot(slot, row.value));
  journals_.push_back(TRY(open(slot, place, 0)));
  return sealed_size_write(place.stream, 0);
}

Result<std::uint32_t> SealedJournals::slot_of(std::uint32_t stream) const {
  const auto found = slots_.find(stream);
  if (found != slots_.end()) return found->second;
  if (stream < identity::kFirstSuccessor && stream >= journals_.size())
    return fail(Code::ReceiptNotReady, "The account is not in a seal yet; ask again in a second.");
  return fail(Code::RecordNotFound,
              "The journal of this record was lost and ended; the public log has the statement of it.");
}

Result<std::vector<store::Write>> SealedJournals::grow(const std::vector<store::JournalSize>& sizes) {
  std::vector<store::Write> writes;
  for (const auto& stored : sizes) {
    const auto stream = stored.slot;
    const auto size = stored.size;
    const auto slot = slots_.find(stream);
    if (slot == slots_.end() && TRY(store_.look_up(identity::ended_key(stream))).exists()) continue;
    if (slot == slots_.end())
      return fail(Code::Corrupt, fmt::format("Stream {} has records and no account.", stream));
    auto& journal = journals_[slot->second];
    auto before = journal.tree.size();
    std::map<tlog::TileId, Bytes> tiles;
    while (journal.tree.size() < size) {
      auto at = journal.tree.size();
      std::vector<tlog::Digest> leaves;
      for (auto& entry :
           TRY(store_.scan_journal(stream, at, std::min<std::uint64_t>(kLeavesAtATime, size - at))))
        leaves.push_back(entry.leaf);
      if (leaves.empty()) return fail(Code::Corrupt, fmt::format("Stream {} lacks record {}.", stream, at));
      for (auto& tile : journal.tree.append(leaves)) tiles[tile.id] = std::move(tile.bytes);
    }
    if (before == journal.tree.size()) continue;
    for (const auto& [id, bytes] : tiles)
      if (tlog::tile_width(id.level, id.index, journal.tree.size()) == id.width)
        writes.push_back(journal.tiles->rows().write(tlog::path(id), bytes));
    journal.tiles->rows().erase_outgrown(before, journal.tree.size(), writes);
    writes.push_back(sealed_size_write(stream, journal.tree.size()));
  }
  return writes;
}

Result<tlog::Digest> SealedJournals::seal(std::uint64_t seal_number,
                                          std::span<const evidence::JournalHead> beyond) {
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
  for (const auto& head : beyond) {
    const auto secret = key_.slot_secret(static_cast<std::uint32_t>(heads_.size()));
    heads_.append(evidence::head_leaf(head, evidence::head_salt(secret, seal_number)));
  }
  return heads_.root();
}

Result<Moved> SealedJournals::move_to_files(JournalMover& mover) {
  Moved moved;
  for (const auto& journal : journals_)
    TRY(mover.move(journal.stream, store_.journal_front(journal.stream), journal.sealed_size, moved));
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
