// Takes sealed records out of the store into files.
#pragma once

#include <cstdint>
#include <vector>

#include "ledger/journal_files.h"
#include "store/store.h"

namespace vitrine::ledger {

/// What the store may forget, in one commit, because files have it.
struct Moved {
  std::vector<store::Write> writes;
  std::vector<store::JournalTrim> trims;
};

/// Of every journal with enough sealed records in the store, the full bundles of them are written to files
/// with their tiles, synced, and only then given for the store to forget. After a crash in between they are
/// written again, the same. For one thread.
class JournalMover {
 public:
  /// `tail`: as many sealed records of a journal may wait in the store, and at least a bundle's.
  JournalMover(const store::Store& store, JournalFiles files, std::uint64_t tail)
      : store_(&store), files_(std::move(files)), tail_(tail) {}

  /// Moves from one journal, up to a bound on what is done at a time: `sealed_size` of its records are in a
  /// durable seal, those from `front` on in the store. Errors: Corrupt, InsufficientStorage, DeviceFailed;
  /// nothing of that journal is to be forgotten then.
  Result<void> move(std::uint32_t slot, std::uint64_t front, std::uint64_t sealed_size, Moved& moved);

 private:
  Result<std::vector<tlog::Digest>> move_bundle(std::uint32_t slot, std::uint64_t index);
  Result<void> move_tiles_above(std::uint32_t slot, std::uint64_t index, std::vector<tlog::Digest> hashes,
                                Moved& moved);

  const store::Store* store_;
  JournalFiles files_;
  std::uint64_t tail_;
};

}  // namespace vitrine::ledger
