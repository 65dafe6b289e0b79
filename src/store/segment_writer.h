// Streams one body into an extent.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/error.h"
#include "base/task.h"
#include "store/segment.h"

namespace vitrine::store {

class BlockingPool;
class ExtentSet;
class Garbage;

/// Digests and encrypts on the calling thread, writes and syncs on the blocking pool while the caller
/// receives more. Destroyed before finish() has succeeded, it gives its space back. One coroutine at a time;
/// after an error the writer is dead and every call repeats it.
class SegmentWriter {
 public:
  /// `known_length`: exactly so many bytes will come. Space is reserved when the first of them are written.
  SegmentWriter(ExtentSet& extents, BlockingPool& pool, std::weak_ptr<Garbage> garbage,
                const keys::DataKey& key, std::optional<std::uint64_t> known_length);
  ~SegmentWriter();
  SegmentWriter(const SegmentWriter&) = delete;
  SegmentWriter& operator=(const SegmentWriter&) = delete;

  /// Any number of bytes, taken when the call returns. Errors: InsufficientStorage, DeviceFailed,
  /// InvalidInput when there are more than announced.
  [[nodiscard]] Task<Result<void>> append(ConstBytes plaintext);

  /// Makes everything durable. At most once. Errors: as append; InvalidInput when bytes are missing.
  [[nodiscard]] Task<Result<Segment>> finish();

 private:
  struct Work;
  std::shared_ptr<Work> work_;
};

}  // namespace vitrine::store
