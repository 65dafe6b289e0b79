// What the pool's own tests share.
#pragma once

#include "analysis/worker_pool.h"

namespace vitrine::analysis {

/// Stands in for `submit`.
class WorkerPoolTestPeer {
 public:
  static Task<Result<ImageAnswer>> run(WorkerPool& pool, const worker::ImageTask& task, ImageInput input,
                                       std::chrono::milliseconds limit) {
    return pool.run(task, std::move(input), limit);
  }
};

}  // namespace vitrine::analysis
