// Every journal's Merkle tree, up to what the last seal commits to.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "evidence/heads.h"
#include "ledger/log_key.h"
#include "ledger/stored_tiles.h"
#include "store/store.h"

namespace vitrine::ledger {

/// The row that gives a slot its journal; written by the commit that creates the account.
store::Key slot_key(std::uint32_t slot);

/// Grows by what the store has and the trees have not; the owner commits the writes. For one thread.
class SealedJournals {
 public:
  SealedJournals(store::Store& store, const LogKey& key) : store_(store), key_(key) {}

  /// Reads every sealed journal's size and right edge. Errors: Corrupt, those of the store.
  Result<void> load();
  /// Takes a slot in at size 0; the write makes it known to load(). Slots come in order. Errors: Corrupt.
  Result<store::Write> add(std::uint32_t slot);
  /// Appends the leaves of new records to the trees; returns tiles and sizes to commit.
  Result<std::vector<store::Write>> grow(const std::vector<store::JournalSize>& sizes);
  /// The root over all slots' heads at a seal, kept for proofs until the next call. Errors: Corrupt.
  Result<tlog::Digest> seal(std::uint64_t seal_number);

  [[nodiscard]] std::uint64_t slots() const { return journals_.size(); }

  /// One record's way up to the heads root of the last seal.
  struct Path {
    evidence::JournalHead head;
    tlog::Proof in_journal;
    evidence::Salt salt;
    tlog::Proof in_heads;
  };
  /// Errors: ReceiptNotReady when no seal covers the record yet; RecordNotFound; Corrupt.
  Result<Path> prove(std::uint32_t slot, std::uint64_t index);

 private:
  struct Journal {
    evidence::JournalId id;
    crypto::HmacKey secret;
    std::unique_ptr<StoredTiles> tiles;
    tlog::TileTree tree;
    std::uint64_t sealed_size = 0;  ///< in the last seal; the tree may be ahead of it for a moment
  };
  Result<Journal> open(std::uint32_t slot, std::uint64_t size);

  store::Store& store_;
  const LogKey& key_;
  std::vector<Journal> journals_;  // by slot
  tlog::MemoryTree heads_;
  std::uint64_t seal_number_ = 0;
};

}  // namespace vitrine::ledger
