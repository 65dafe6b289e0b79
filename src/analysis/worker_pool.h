// Analyses pictures in caged worker processes, a bounded number at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "analysis/admission.h"
#include "analysis/worker_process.h"
#include "base/error.h"
#include "base/task.h"
#include "crypto/digest.h"
#include "worker/protocol/image.h"
#include "worker/protocol/memory_file.h"

namespace vitrine::ledger {
class Committed;
}  // namespace vitrine::ledger

namespace vitrine::blobs {
class BodyReader;
}  // namespace vitrine::blobs

namespace vitrine::analysis {

struct WorkerPoolOptions {
  WorkerProgram program;
  /// Most workers at a time; one per core is right, as each computes on one thread.
  std::size_t workers = 1;
  /// Most pictures that are in memory for each worker: the one it analyses and the next one.
  std::size_t places_per_worker = 2;
  /// How long a worker may take to load its models.
  std::chrono::milliseconds start_limit{120'000};
};

/// A picture to analyse.
struct ImageInput {
  /// Sealed.
  std::shared_ptr<const worker::MemoryFile> picture;
  /// Of its bytes: by it the pool knows content that breaks workers.
  crypto::Sha256Digest sha256{};
};

/// Counted since the pool was made.
struct WorkerPoolStats {
  std::uint64_t started = 0;
  std::uint64_t crashed = 0;
  std::uint64_t timed_out = 0;
  /// Now.
  std::uint64_t waiting_tasks = 0;
  std::uint64_t running_workers = 0;
  std::uint64_t resident_bytes = 0;
};

/// Takes pictures from `submit` alone: no record, no model.
/// Workers start on first use and are reused. One that crashes, answers nonsense or takes too long is
/// killed, and the next task gets a fresh one. A task whose worker broke is tried once more; content
/// that breaks a second worker is never given to one again.
class WorkerPool {
 public:
  explicit WorkerPool(WorkerPoolOptions options);
  /// Stops without grace.
  ~WorkerPool();

  /// Takes no more tasks, cancels those that wait, gives those that run up to `grace` to end, then
  /// cancels them too. Blocks until no worker is left.
  void stop(std::chrono::milliseconds grace);
  [[nodiscard]] WorkerPoolStats stats() const;

 private:
  friend Task<Result<ImageAnswer>> submit(const ledger::Committed& committed, WorkerPool& pool,
                                          blobs::BodyReader picture);
  friend class WorkerPoolTestPeer;

  /// A place for one picture: taken before the picture is loaded, however long that has to wait, and held
  /// until its answer is there. Asio cancellation ends the waiting. Errors: Cancelled (also: the pool stops).
  Task<Result<Admission::Place>> admit();

  /// Callable on any io_context's thread, which it does not block; completes there. `limit` is for one
  /// try, not for waiting. Asio cancellation ends a waiting or running task. Errors: OperationTimedOut,
  /// Cancelled (also: the pool stops), Corrupt (this content breaks workers), Unavailable (no worker can
  /// start), and those of WorkerProcess::run for a well worker.
  Task<Result<ImageAnswer>> run(Admission::Place place, worker::ImageTask task, ImageInput input,
                                std::chrono::milliseconds limit);

  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vitrine::analysis
