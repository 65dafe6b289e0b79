// One atomic change: what it relies on, what it writes, what it records.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "crypto/digest.h"
#include "store/entry.h"
#include "store/scanner.h"
#include "store/segment.h"

namespace vitrine::store {

/// Puts a value, or erases the key when there is none. Not for Journal and Counters.
struct Write {
  Key key;
  std::optional<std::string> value{};
};

/// Adds to a counter; the sum stays at the ends of int64 instead of wrapping. One that comes to 0 is erased.
struct CounterDelta {
  std::string key;
  std::int64_t amount = 0;
};

/// Appends to the journal in `slot`. The bytes are opaque here; the leaf is their leaf hash.
struct JournalRecord {
  std::uint32_t slot = 0;
  crypto::Sha256Digest leaf{};
  std::string bytes;
};

/// Forgets the records of a slot below an index. Those above keep their indexes, and the journal its size.
struct JournalTrim {
  std::uint32_t slot = 0;
  std::uint64_t up_to = 0;
};

/// Puts other bytes in a record's place, under the same leaf. Nothing happens where it was trimmed.
struct JournalRewrite {
  std::uint32_t slot = 0;
  std::uint64_t index = 0;
  crypto::Sha256Digest leaf{};
  std::string bytes;
};

/// That no commit has touched a name since a version: what keeps a scan of many rows true. May fail for a
/// name that nobody touched, hardly ever.
struct Untouched {
  Key name;
  Version since = 0;
};

class UnadoptedRoom;

/// That a segment lies elsewhere now. Made by the Compactor; nothing happens when the segment is not where
/// it was found any more.
class SegmentMove {
 private:
  friend class Compactor;
  friend class Sequencer;
  SegmentMove(const SegmentId& id, Location from, Location to, std::shared_ptr<UnadoptedRoom> room)
      : id_(id), from_(from), to_(to), room_(std::move(room)) {}

  SegmentId id_;
  Location from_, to_;
  std::shared_ptr<UnadoptedRoom> room_;
};

/// Keys of State, Heads or Rows with `from` <= key < `to`.
struct ScanRange {
  Table table;
  std::string from, to;
};

/// A body: a segment, or the key of one in the Bodies table. A new one has one holder.
using BodyRef = std::variant<SegmentId, std::string>;

/// Takes effect whole or not at all.
struct Commit {
  std::vector<Guard> guards{};
  std::vector<Untouched> untouched{};
  /// Names of what this changes, for others' Untouched; nothing is stored under them.
  std::vector<Key> touches{};
  std::vector<Write> writes{};
  std::vector<CounterDelta> deltas{};
  std::vector<JournalRecord> records{};
  /// For records that are kept elsewhere; none may go beyond the end of its journal before this commit.
  std::vector<JournalTrim> trims{};
  /// None may lie beyond the end of its journal before this commit.
  std::vector<JournalRewrite> rewrites{};
  /// The segments that the written heads and rows name for the first time.
  std::vector<Segment> adopts{};
  /// Bodies that get one holder more.
  std::vector<BodyRef> shares{};
  /// Bodies that lose a holder; with the last one a body is gone. Nothing happens where there is none.
  std::vector<BodyRef> releases{};
  std::vector<SegmentMove> moves{};
  /// Ranges to be read as they are at this commit's place in the order: with every commit before it, and none
  /// behind it. Such a commit changes nothing but counters and journals.
  std::vector<ScanRange> scans{};
  /// It keeps something new that no body says: refused on a full disk as bodies are.
  bool grows = false;
  /// Told, with where the first record landed, to all commits of the same round that have a note. Opaque
  /// here.
  std::optional<std::array<std::uint8_t, 32>> note{};
};

/// A commit's note, and its first record.
struct NotedRecord {
  std::array<std::uint8_t, 32> note{};
  std::uint64_t index = 0;
  crypto::Sha256Digest leaf{};
};

/// A synced write in which commits had notes.
struct NotedRound {
  std::uint64_t number = 0;  ///< unique as long as the store is open
  std::vector<NotedRecord> noted{};
};

/// Where a commit landed.
struct Position {
  /// One for each record, in the order given.
  std::vector<std::uint64_t> journal_indexes{};
  /// The version of everything it wrote.
  Version version = 0;
  /// One for each scan, in the order given.
  std::vector<Scanner> scanners{};
  /// For a commit with a note: its round, and which of the noted it is.
  std::shared_ptr<const NotedRound> round{};
  std::size_t place_in_round = 0;
};

}  // namespace vitrine::store
