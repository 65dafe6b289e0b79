// Journals as whoever reads them sees them, wherever their records are.
#pragma once

#include <cstdint>
#include <vector>

#include "evidence/record.h"
#include "ledger/journal_files.h"
#include "store/store.h"

namespace vitrine::ledger {

/// Takes records and hashes from the files of sealed records and from the store's tail: as the entry bundles
/// and tiles of C2SP tlog-tiles, of any width. Usable from any thread.
class JournalReader {
 public:
  /// The store must outlive the reader.
  JournalReader(const store::Store& store, JournalFiles files) : store_(&store), files_(std::move(files)) {}

  /// At most `limit` records from index `from` on, in order. Errors: RecordNotFound for those that were
  /// dropped; Corrupt with the file when a record is not that of its hash; those of Store::scan_journal;
  /// DeviceFailed.
  [[nodiscard]] Result<std::vector<store::JournalEntry>> records(std::uint32_t slot, std::uint64_t from,
                                                                 std::size_t limit) const;

  /// From which index on records of the journal are kept; those below were kept long enough, and are there
  /// for a moment still or not any more. Errors: those of Store::look_up.
  [[nodiscard]] Result<std::uint64_t> first_kept(std::uint32_t slot) const;
  /// The leaves of at most `limit` records from index `from` on, also of those that were dropped. Errors: as
  /// for a tile.
  [[nodiscard]] Result<std::vector<tlog::Digest>> leaves(std::uint32_t slot, std::uint64_t from,
                                                         std::size_t limit) const;

  /// The first `width` records of a bundle. Errors: ResourceNotFound when the journal is not that long, or
  /// the records were dropped; those of records().
  [[nodiscard]] Result<Bytes> read(std::uint32_t slot, const tlog::BundleId& bundle) const;
  /// The first `width` hashes of a tile. Errors: as for a bundle.
  [[nodiscard]] Result<Bytes> read(std::uint32_t slot, const tlog::TileId& tile) const;

  [[nodiscard]] const JournalFiles& files() const { return files_; }

 private:
  /// Those of the records from..end that are in the bundle of the first. Others in it are not looked at.
  [[nodiscard]] Result<std::vector<store::JournalEntry>> from_file(std::uint32_t slot, std::uint64_t from,
                                                                   std::uint64_t end) const;
  [[nodiscard]] Result<std::vector<tlog::Digest>> from_tile(std::uint32_t slot, const tlog::TileId& tile,
                                                            ConstBytes file) const;
  [[nodiscard]] Result<std::vector<tlog::Digest>> hashes(std::uint32_t slot, const tlog::TileId& tile) const;

  const store::Store* store_;
  JournalFiles files_;
};

}  // namespace vitrine::ledger
