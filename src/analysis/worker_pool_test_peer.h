// What the pool's own tests share.
#pragma once

#include "analysis/worker_pool.h"

namespace vitrine::analysis {

/// Stands in for `submit`.
class WorkerPoolTestPeer {
 public:
  static Task<Result<Admission::Place>> admit(WorkerPool& pool) { return pool.admit(); }
  static Task<Result<ImageAnswer>> run(WorkerPool& pool, Admission::Place place,
                                       const worker::ImageTask& task, ImageInput input,
                                       std::chrono::milliseconds limit) {
    return pool.run(std::move(place), task, std::move(input), limit);
  }
};

}  // namespace vitrine::analysis
