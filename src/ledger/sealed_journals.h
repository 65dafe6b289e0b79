// Every journal's Merkle tree, up to what the last seal commits to.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "evidence/sealed_head.h"
#include "identity/slot.h"
#include "ledger/journal_mover.h"
#include "ledger/journal_tiles.h"
#include "ledger/log_key.h"
#include "store/store.h"

namespace vitrine::ledger {

/// How much of the journal in a stream is sealed, once its slot is known to the log.
store::Write sealed_size_write(std::uint32_t stream, std::uint64_t size);

/// Grows by what the store has and the trees have not; the owner commits the writes. For one thread.
class SealedJournals {
 public:
  SealedJournals(store::Store& store, const LogKey& key, JournalFiles files)
      : store_(store), key_(key), files_(std::move(files)) {}

  /// Reads every sealed journal's size and right edge. Errors: Corrupt, those of the store.
  Result<void> load();
  /// Takes a slot in at size 0; the write makes it known to load(). Slots come in order. Errors: Corrupt.
  Result<store::Write> add(std::uint32_t slot);
  /// Appends the leaves of new records to the trees; returns tiles and sizes to commit.
  Result<std::vector<store::Write>> grow(const std::vector<store::JournalSize>& sizes);
  /// The root over all slots' heads at a seal, kept for proofs until the next call; `beyond` are those of
  /// slots that this store does not have, in order. Errors: Corrupt.
  Result<tlog::Digest> seal(std::uint64_t seal_number, std::span<const evidence::JournalHead> beyond = {});

  [[nodiscard]] std::uint64_t slots() const { return journals_.size(); }
  /// Precondition: there is such a slot.
  [[nodiscard]] identity::JournalPlace place(std::uint32_t slot) const {
    return {.stream = journals_[slot].stream, .journal = journals_[slot].id.bytes};
  }

  /// Moves what the last seal covers into files. Errors: those of JournalMover.
  Result<Moved> move_to_files(JournalMover& mover);

  /// The slot whose journal is in a stream. Errors: RecordNotFound when it is none any more; ReceiptNotReady
  /// when it is not in a seal yet.
  [[nodiscard]] Result<std::uint32_t> slot_of(std::uint32_t stream) const;
  /// A journal as the last seal commits to it, with the way up to the seal's heads root; the rest is for the
  /// caller. Errors: ReceiptNotReady when no seal covers the slot yet; Corrupt.
  Result<evidence::SealedHead> open_slot(std::uint32_t slot);
  /// One record's path in its journal at the last seal. Errors: ReceiptNotReady when no seal covers the
  /// record yet; Corrupt.
  Result<tlog::Proof> prove(std::uint32_t slot, std::uint64_t index);

 private:
  struct Journal {
    std::uint32_t stream = 0;
    evidence::JournalId id;
    crypto::HmacKey secret;
    std::unique_ptr<JournalTiles> tiles;
    tlog::TileTree tree;
    std::uint64_t sealed_size = 0;           ///< in the last seal; the tree may be ahead of it for a moment
    tlog::Digest root{};                     ///< at that size
    std::uint64_t rooted_size = UINT64_MAX;  ///< the size that it is the root of
  };
  Result<Journal> open(std::uint32_t slot, const identity::JournalPlace& place, std::uint64_t size);

  store::Store& store_;
  const LogKey& key_;
  JournalFiles files_;
  std::vector<Journal> journals_;                           // by slot
  std::unordered_map<std::uint32_t, std::uint32_t> slots_;  // by stream
  tlog::MemoryTree heads_;
  std::uint64_t seal_number_ = 0;
};

}  // namespace vitrine::ledger
