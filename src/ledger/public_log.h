// The public log: a C2SP tiled transparency log, kept in the store and published as static files.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evidence/seal.h"
#include "ledger/log_key.h"
#include "ledger/stored_tiles.h"
#include "store/store.h"
#include "tlog/checkpoint.h"

namespace vitrine::ledger {

/// The row with the signed note over the log's size in the store.
const store::Key& checkpoint_key();

/// What the signed note in a store says of the log, not verified; nothing before the first entry. Errors:
/// Corrupt; those of the look-up.
Result<std::optional<tlog::Checkpoint>> stored_checkpoint(const StoredTiles::LookUp& look_up);
/// The root over the first `size` entries of the log whose rows are looked up. Errors: OutOfRangeInput when
/// it has fewer; Corrupt; those of the look-up.
Result<tlog::Digest> log_root(const StoredTiles::LookUp& look_up, std::uint64_t size);

/// How many entries the tiles' files in a directory show, whatever its checkpoint says; 0 where there are
/// none. Errors: DeviceFailed.
Result<std::uint64_t> entries_in_files(const std::filesystem::path& directory);

/// Writes the files of the log as the store has it, all but the checkpoint: a directory that was lost is
/// there again. Returns what the store's checkpoint signs, verified against the tiles but not its signature;
/// nothing before the first entry. With `published` also those of a published checkpoint of that size, which
/// may be smaller. Errors: Corrupt, InsufficientStorage, DeviceFailed.
Result<std::optional<tlog::Checkpoint>> write_log_files(store::Store& store,
                                                        const std::filesystem::path& directory,
                                                        std::optional<std::uint64_t> published = {});

/// Grows in two steps, so that no crash can publish two trees for one size: `append` gives the writes for
/// one atomic commit, `publish` then copies what was committed into files, the checkpoint last.
class PublicLog {
 public:
  /// Errors: those of the store; DeviceFailed; Corrupt, also when the directory holds another history than
  /// the store or a checkpoint that cannot be read.
  static Result<PublicLog> open(store::Store& store, const LogKey& key, std::filesystem::path directory);

  /// The log of a store that is behind what was published of it: to be appended to, not published. Errors:
  /// those of the store; Corrupt.
  static Result<PublicLog> open_behind(store::Store& store, const LogKey& key);

  /// Entries that were published, as they were. Otherwise as append.
  Result<std::vector<store::Write>> append_published(std::span<const Bytes> entries);
  /// Adds entries and signs the new size. The writes must be committed before anything else is appended;
  /// when that fails, open the log anew. Errors: OutOfRangeInput for an entry over 65,535 bytes; Corrupt.
  Result<std::vector<store::Write>> append(const std::vector<evidence::PublicEntry>& entries);

  /// Writes the committed state's tiles and checkpoint into the directory. Errors: InsufficientStorage,
  /// DeviceFailed; the next call catches up.
  Result<void> publish();

  [[nodiscard]] std::uint64_t size() const { return tree_.size(); }
  /// Whether the files have all that was appended.
  [[nodiscard]] bool is_published() const { return published_ == tree_.size(); }
  /// The signed note over the current size; empty before the first entry.
  [[nodiscard]] const std::string& checkpoint() const { return checkpoint_; }
  /// Errors: OutOfRangeInput, Corrupt.
  Result<tlog::Proof> prove(std::uint64_t index) { return tlog::prove_inclusion(tree_, index, tree_.size()); }

 private:
  PublicLog(const LogKey& key, std::filesystem::path directory, std::unique_ptr<StoredTiles> tiles,
            tlog::TileTree tree, std::string checkpoint, std::uint64_t published);
  template <class Id>
  Result<void> publish_tile(const Id& tile);
  Result<Bytes> grown_bundle(const tlog::BundleId& bundle, std::uint64_t old_size,
                             std::span<const Bytes> entries);

  const LogKey* key_;
  std::filesystem::path directory_;
  std::unique_ptr<StoredTiles> tiles_;
  tlog::TileTree tree_;
  std::string checkpoint_;
  std::uint64_t published_;
};

}  // namespace vitrine::ledger
