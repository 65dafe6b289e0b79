// Finds room in extents that nothing needs, and empties extents that are nearly empty.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <vector>

#include "base/pace.h"
#include "store/commit.h"
#include "store/compaction.h"
#include "store/garbage.h"
#include "store/periodic.h"
#include "store/segments_by_place.h"

namespace vitrine::store {

class Committer;
class Database;
class Extent;
class ExtentSet;
class ReadPins;

/// A thread that goes over the extents that nobody writes to any more, now and then. Segments move as they
/// lie: their ciphertext is copied, and nobody's key is needed. One that is damaged stays, for its alarm to
/// name the place where it always was. What nothing names is handed to the Reclaimer: reads that began
/// before, and backups, may still need it.
class Compactor {
 public:
  struct Settings {
    std::optional<std::chrono::seconds> pause{};  ///< nothing: only when it is asked to
    std::uint64_t bytes_per_second = 0;           ///< moved at most when it is not asked to; 0: no bound
    std::uint64_t extent_bytes = 0;
  };
  Compactor(const Database& database, ExtentSet& extents, Committer& committer,
            std::shared_ptr<Garbage> garbage, ReadPins& pins, Settings settings);

  /// One pass, now, as fast as it goes. Waits for the disk. Errors: those of the store, Corrupt when rows do
  /// not tell all that an extent holds; what was done stays done.
  Result<Compaction> compact();
  /// What all passes that ended did together.
  [[nodiscard]] Compaction total() const;

 private:
  /// Segments that were copied and wait for their sync and their commit, which are one for all of them.
  struct Batch;
  struct Pass;

  Result<Compaction> compact(Pace pace, std::stop_token stop);
  Result<std::uint64_t> live_bytes(std::uint64_t extent) const;
  /// The extents that are worth emptying, and those in which a crash left something.
  struct Work {
    std::set<std::uint64_t> empty_out, clean;
  };
  Result<void> go_over_all(Pass& pass);
  Result<Work> look();
  Result<void> work_on(const ExtentContents& contents, const Work& work, Pass& pass);
  Result<void> check_complete(const ExtentContents& contents) const;
  Result<void> clean(const ExtentContents& contents, Compaction& done);
  Result<void> empty_out(const ExtentContents& contents, Pass& pass);
  /// False for a segment that is damaged. Errors: those of the disk.
  Result<bool> copy(const Extent& from, const PlacedSegment& segment, Batch& batch);
  Result<void> commit(Pass& pass);

  const Database& database_;
  ExtentSet& extents_;
  Committer& committer_;
  std::shared_ptr<Garbage> garbage_;
  ReadPins& pins_;
  const std::uint64_t slack_bytes_;  ///< less is not worth a walk over all segments
  const std::uint64_t small_bytes_;  ///< an extent that holds less is a small one

  std::mutex working_mutex_;
  mutable std::mutex total_mutex_;
  Compaction total_;
  std::optional<Periodic> thread_;
};

}  // namespace vitrine::store
