// The store: heads, rows and journals in one atomic log, bodies in extents beside it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/task.h"
#include "store/access.h"
#include "store/check.h"
#include "store/commit.h"
#include "store/compaction.h"
#include "store/entry.h"
#include "store/file_layer.h"
#include "store/frozen_store.h"
#include "store/read_pins.h"
#include "store/scanner.h"
#include "store/segment.h"
#include "store/segment_reader.h"
#include "store/segment_writer.h"

namespace vitrine::store {

struct Options {
  std::filesystem::path directory{};
  /// Where extents lie, possibly on several disks. Empty: `directory`/extents.
  std::vector<std::filesystem::path> extent_directories{};
  std::size_t cache_bytes = 64 << 20;
  std::size_t write_buffer_bytes = 64 << 20;
  /// Bodies up to this size are best written to Table::Bodies, larger ones as segments.
  std::size_t inline_threshold = 32 << 10;  // measured: docs/decisions/store.md
  /// Commits waiting for the next round: beyond either bound new ones are refused. One of any size is taken
  /// when none waits.
  std::size_t queue_commits = 8192;
  std::size_t queue_bytes = 32 << 20;
  std::uint64_t extent_bytes = std::uint64_t{1} << 30;
  unsigned blocking_threads = 4;
  /// Between two passes over the extents that nobody writes to any more. Nothing: there are none, for who
  /// only looks.
  std::optional<std::chrono::seconds> compaction_pause = std::chrono::minutes(10);
  /// Moved at most by those passes; 0: as fast as they go.
  std::uint64_t compaction_bytes_per_second = 0;
  /// Room set aside on the disk of `directory` for the records of reads and deletions when it is full; with
  /// less than that left beside it nothing new is stored. Bytes, at least twice write_buffer_bytes; 0:
  /// commits are taken until the disk refuses.
  std::uint64_t reserve_bytes = 0;
  FileLayer* files = &posix_file_layer();
};

/// What the store has done since it was opened.
struct Activity {
  std::uint64_t rounds = 0;  ///< synced writes
  std::uint64_t commits = 0;
  std::uint64_t records = 0;
  std::uint64_t guard_failures = 0;
  std::uint64_t recoveries = 0;   ///< failures of the disk that were got over
  std::uint64_t guard_reads = 0;  ///< guards that took a look at the table
  std::uint64_t freed_bytes = 0;  ///< of extents, given back one segment after the other
  std::uint64_t removed_extents = 0;
  Compaction compaction{};  ///< all passes together
};

/// A slot's journal: how many durable records it has got, and the index of the first that was not trimmed.
struct JournalSize {
  std::uint32_t slot = 0;
  std::uint64_t size = 0;
  std::uint64_t front = 0;
};

struct JournalEntry {
  crypto::Sha256Digest leaf{};
  std::string bytes;
};

class HolderRows;
class Pinned;

/// An inline body held in memory, whose bytes wait for their record.
class PinnedBody {
 public:
  explicit PinnedBody(std::unique_ptr<Pinned> value);
  ~PinnedBody();
  PinnedBody(PinnedBody&&) noexcept;
  PinnedBody& operator=(PinnedBody&&) noexcept;

  [[nodiscard]] bool exists() const;
  /// Valid as long as this object. Precondition: exists().
  [[nodiscard]] ConstBytes bytes(ReadAccess) const;
  [[nodiscard]] ConstBytes bytes(VerdictAccess) const;

 private:
  std::unique_ptr<Pinned> value_;
};

/// Durable and linearizable: a commit that was answered with a Position survives any crash, is visible to
/// every call that begins later, and commits take effect in the order of their versions. After a crash the
/// store holds exactly the commits up to some version, all acknowledged ones among them.
///
/// All calls may come from any thread. Every io_context that awaits the store outlives it. At most one
/// process has a directory open. Formats: docs/formats/store.md.
class Store {
 public:
  /// Creates what is missing. A torn end of the log is what a crash leaves; damage in front of acknowledged
  /// commits is Corrupt. Errors: DeviceFailed, Corrupt, Unavailable when another process has it open.
  static Result<std::unique_ptr<Store>> open(Options options);
  /// Finishes what is queued and leaves a state that opens fast.
  ~Store();

  /// The entry under a key of State, Heads or Rows. Errors: DeviceFailed, Corrupt, InvalidInput for the
  /// other tables.
  [[nodiscard]] Result<Entry> look_up(const Key& key) const;
  /// Whether what was found under a key with Entry::read_at `since` is what look_up would find now: then the
  /// read_at that it would have, otherwise nothing. Cheap. Says hardly ever that something changed which did
  /// not, never the other way round.
  [[nodiscard]] std::optional<Version> unchanged_since(const Key& key, Version since) const;
  /// At most `limit` entries with `from` <= key < `to`, in key order, from one point in time. Errors: as
  /// look_up.
  [[nodiscard]] Result<std::vector<Entry>> scan(Table table, std::string_view from, std::string_view to,
                                                std::size_t limit) const;
  /// The same for long listings, with seeks. Errors: InvalidInput for a table that look_up refuses.
  [[nodiscard]] Result<Scanner> scanner(Table table, std::string_view from, std::string_view to) const;

  /// Checks the guards and, when all hold, makes everything durable in one step. Commits that do not depend
  /// on one another share a sync. Errors: StateChanged when a guard does not hold; ServerBusy when the queue
  /// is full; Unavailable while the store is fenced; DeviceFailed when the outcome is unknown, which fences
  /// it; InsufficientStorage when the disk is full and the commit stores something new; InvalidInput for a
  /// write that is not allowed.
  [[nodiscard]] Task<Result<Position>> commit(CommitAccess, Commit commit);
  /// Whether commits are taken, which they are not from a failed write on until the store has opened its
  /// tables again by itself. Look-ups go on but for the moment of that. Errors: Unavailable, with the reason.
  [[nodiscard]] Result<void> takes_commits() const;
  /// Whether there is room for anything new. Errors: InsufficientStorage.
  [[nodiscard]] Result<void> has_room() const;
  /// Calls `refresh` each time before commits are taken again: what was answered with an unknown outcome may
  /// have taken effect, so whoever keeps state of the store in memory reads it again. While `refresh` fails
  /// the store stays fenced. Waits for a call that is under way; an empty one ends it.
  void when_recovered(std::function<Result<void>()> refresh);

  /// 0 for a counter that was never changed or came back to 0.
  [[nodiscard]] Result<std::int64_t> counter(std::string_view key) const;
  /// All counters but those at 0 whose key begins with `prefix`, in key order.
  [[nodiscard]] Result<std::vector<std::pair<std::string, std::int64_t>>> counters(
      std::string_view prefix) const;

  /// Reads an inline body ahead of the commit that will allow its bytes out. Errors: DeviceFailed, Corrupt.
  [[nodiscard]] Result<PinnedBody> fetch_body(std::string_view key) const;
  [[nodiscard]] std::size_t inline_threshold() const;

  /// Keeps what can be found from now on until the pin is gone, whatever commits take away.
  [[nodiscard]] ReadPin pin() const;
  /// Knows when pins are gone: what releases bodies in the background asks first.
  [[nodiscard]] ReadPins& pins();
  /// Gives room back that no body and no read needs any more; the bytes. Happens by itself, too. Blocks.
  std::uint64_t reclaim();
  /// Empties extents that are nearly empty and cleans those that a crash left; the room comes back through
  /// reclaim(). Happens by itself, too. Blocks. Errors: those of commit; Corrupt, and nothing more is freed,
  /// when it cannot be told what an extent holds.
  Result<Compaction> compact();

  /// A body that arrives in pieces, encrypted under the key. Nobody sees it until a commit adopts it.
  [[nodiscard]] std::unique_ptr<SegmentWriter> new_segment(const keys::DataKey& key,
                                                           std::optional<std::uint64_t> known_length);
  /// Bytes of plaintext. Errors: Corrupt when no commit adopted such a segment; DeviceFailed.
  [[nodiscard]] Result<std::uint64_t> segment_length(const SegmentId& id) const;
  /// Where a segment lies, found ahead of the commit that will allow its bytes out; nothing when nobody holds
  /// it any more. They stay there as long as a pin that was made before. Errors: DeviceFailed, Corrupt.
  [[nodiscard]] Result<std::optional<PlacedSegment>> place(const SegmentId& id) const;
  /// Errors: Corrupt when no commit adopted such a segment or the range lies outside it; Unavailable when its
  /// key was destroyed; DeviceFailed.
  [[nodiscard]] Task<Result<SegmentReader>> open_segment(ReadAccess, const keys::DataKeys& keys,
                                                         PlacedSegment segment, ByteRange range);
  /// Finds its place first.
  [[nodiscard]] Task<Result<SegmentReader>> open_segment(ReadAccess, const keys::DataKeys& keys, SegmentId id,
                                                         ByteRange range);

  /// The number of durable records that a slot's journal has got, trimmed ones too; 0 for a slot that was
  /// never used.
  [[nodiscard]] std::uint64_t journal_size(std::uint32_t slot) const;
  /// The index of the first record that was not trimmed; the size when there is none.
  [[nodiscard]] std::uint64_t journal_front(std::uint32_t slot) const;
  /// Every slot with a record, in order of the slots, all as of one round.
  [[nodiscard]] std::vector<JournalSize> journal_sizes() const;
  /// At most `limit` records from index `from` on. Errors: RecordNotFound below the journal's front;
  /// DeviceFailed, Corrupt.
  [[nodiscard]] Result<std::vector<JournalEntry>> scan_journal(std::uint32_t slot, std::uint64_t from,
                                                               std::size_t limit) const;

  /// Takes what the earlier values of the keys from `from` to `to` were out of the files, log included,
  /// without waiting for the store's own cleaning. Costs as much as the table has around them. After an error
  /// some may be there still; another call takes up what is left. Errors: Unavailable also while the store is
  /// frozen or a long read keeps a file; DeviceFailed, InsufficientStorage.
  [[nodiscard]] Task<Result<void>> erase_traces(Table table, std::string from, std::string to);

  /// The same for the records of a slot from `first` to `last`.
  [[nodiscard]] Task<Result<void>> erase_journal_traces(std::uint32_t slot, std::uint64_t first,
                                                        std::uint64_t last);

  /// Reads everything from a place on, as check() does; commits go on meanwhile. Blocks. Returns whether
  /// everything was looked at.
  bool check(const CheckPlace& from, CheckGuide& guide, CheckReport& report,
             SegmentKeys* keys = nullptr) const;
  /// The same for all of it, as fast as it goes.
  [[nodiscard]] CheckReport check(const CheckProgress& progress, SegmentKeys* keys = nullptr) const;
  /// As store::check_holders.
  bool check_holders(HolderRows& holders, const CheckPlace& place, const CheckPlace& behind,
                     CheckGuide& guide, CheckReport& report) const;
  /// About how many bytes check() reads. Errors: DeviceFailed, Corrupt.
  [[nodiscard]] Result<std::uint64_t> stored_bytes() const;

  /// Holds a state still that has at least the commits before the call. Blocks, for as long as emptying the
  /// memtables takes. The store must outlive what it returns. Errors: those of FrozenStore::freeze.
  [[nodiscard]] Result<std::unique_ptr<FrozenStore>> freeze();
  /// Whether there is such a state now.
  [[nodiscard]] bool is_frozen() const;

  /// The last version that is durable and visible.
  [[nodiscard]] Version version() const;
  [[nodiscard]] Activity activity() const;

 private:
  [[nodiscard]] Result<void> check_front(std::uint32_t slot, std::uint64_t from) const;

  struct Parts;
  explicit Store(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace vitrine::store
