// Streams a range of a committed segment.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/error.h"
#include "base/task.h"

namespace vitrine::store {

class BlockingPool;
class Extent;

/// Keeps its extent open until destroyed. One coroutine at a time.
class SegmentReader {
 public:
  static constexpr std::size_t kChunkBytes = 256 * 1024;

  SegmentReader(std::shared_ptr<const Extent> extent, BlockingPool& pool, std::uint64_t offset,
                std::uint64_t length);

  /// The next bytes: kChunkBytes, fewer in the last chunk, none at the end. Valid until the next call.
  /// Bytes in the page cache are read at once, others on the blocking pool.
  /// Errors: DeviceFailed, Corrupt when the extent is shorter than the segment.
  [[nodiscard]] Task<Result<ConstBytes>> next();

  /// Bytes still to come.
  [[nodiscard]] std::uint64_t remaining() const { return remaining_; }

 private:
  std::shared_ptr<const Extent> extent_;
  BlockingPool& pool_;
  std::uint64_t at_;
  std::uint64_t remaining_;
  std::shared_ptr<std::uint8_t[]> buffer_;
};

}  // namespace vitrine::store
