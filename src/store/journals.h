// Where each slot's journal begins and ends.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "store/commit.h"
#include "store/store.h"

namespace vitrine::store {

class Batch;
class Database;

/// The index of the first record of a slot that is still stored; 0 where nothing was trimmed. Errors:
/// DeviceFailed, Corrupt.
Result<std::uint64_t> stored_front(const Database& database, std::uint32_t slot);

/// Every slot's front and size, in 32 bytes or so each, as the round under way leaves them and as others may
/// read them.
class Journals {
 public:
  /// Learns what is durable and forgets the round: two seeks for each slot, whatever was trimmed. Errors:
  /// DeviceFailed, Corrupt.
  Result<void> load(const Database& database);

  // By the committer:
  /// Errors: OutOfRangeInput beyond the end of the journal.
  [[nodiscard]] Result<void> check(const JournalTrim& trim) const;
  [[nodiscard]] Result<void> check(const JournalRewrite& rewrite) const;
  std::uint64_t stage(const JournalRecord& record, Batch& batch);
  /// Precondition: check().
  void stage(const JournalTrim& trim, Batch& batch);
  void stage(const JournalRewrite& rewrite, Batch& batch);
  /// The round is durable.
  void publish();

  // From any thread:
  [[nodiscard]] JournalSize of(std::uint32_t slot) const;
  [[nodiscard]] std::vector<JournalSize> all() const;

 private:
  struct Span {
    std::uint64_t front = 0;
    std::uint64_t size = 0;
  };

  std::unordered_map<std::uint32_t, Span> staged_;
  std::vector<std::uint32_t> changed_;
  mutable std::mutex mutex_;
  std::map<std::uint32_t, Span> published_;
};

}  // namespace vitrine::store
