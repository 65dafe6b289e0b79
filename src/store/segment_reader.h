// Streams a range of a committed segment.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/error.h"
#include "base/task.h"
#include "store/frames.h"
#include "store/read_pins.h"
#include "store/segment.h"

namespace vitrine::store {

class BlockingPool;
class Extent;

/// A range of a segment's plaintext, in bytes.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// Where a segment lies and what it is encrypted under.
struct PlacedSegment {
  SegmentId id{};
  Location location;
  std::uint64_t length = 0;       ///< of the plaintext
  keys::Epoch epoch = 0;          ///< of its key
  crypto::Sha256Digest digest{};  ///< of the plaintext
};

/// Checks and decrypts frame by frame. Its bytes stay where they are until it is destroyed. One coroutine at
/// a time.
class SegmentReader {
 public:
  /// The range lies within the segment. A null extent is right for an empty range.
  /// The pin is older than the knowledge of the place.
  SegmentReader(ReadPin pin, std::shared_ptr<const Extent> extent, BlockingPool& pool,
                const keys::DataKey& key, const PlacedSegment& segment, ByteRange range);

  /// The next bytes of plaintext, up to four frames of them; none at the end. Valid until the next call.
  /// Bytes in the page cache are read at once, others on the blocking pool. Errors: DeviceFailed; Corrupt
  /// when the extent is shorter than the segment or a frame is not what was written.
  [[nodiscard]] Task<Result<ConstBytes>> next();

  /// Bytes still to come.
  [[nodiscard]] std::uint64_t remaining() const { return end_ - at_; }

 private:
  Task<Result<void>> read(std::uint64_t offset, std::size_t size);
  Result<void> open(std::uint64_t first_frame, std::uint64_t frames);

  ReadPin pin_;
  std::shared_ptr<const Extent> extent_;
  BlockingPool& pool_;
  FrameCipher cipher_;
  PlacedSegment segment_;
  std::uint64_t at_;  ///< in the plaintext
  std::uint64_t end_;
  std::shared_ptr<std::uint8_t[]> stored_;
  std::unique_ptr<std::uint8_t[]> plaintext_;
};

}  // namespace vitrine::store
