#include "store/segment_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "store/blocking_pool.h"
#include "store/extent.h"

namespace vitrine::store {
namespace {

constexpr std::uint64_t kFramesAtATime = 4;

/// The frames between two places of the plaintext, at most so many as are read at a time.
std::uint64_t frames_between(std::uint64_t at, std::uint64_t end) {
  return at == end ? 0 : std::min((end - 1) / kFrameBytes - at / kFrameBytes + 1, kFramesAtATime);
}

}  // namespace

SegmentReader::SegmentReader(ReadPin pin, std::shared_ptr<const Extent> extent, BlockingPool& pool,
                             const keys::DataKey& key, const PlacedSegment& segment, ByteRange range)
    : pin_(std::move(pin)),
      extent_(std::move(extent)),
      pool_(pool),
      cipher_(key, segment.id),
      segment_(segment),
      at_(range.offset),
      end_(range.offset + range.length),
      stored_(std::make_shared_for_overwrite<std::uint8_t[]>(frames_between(at_, end_) * kStoredFrameBytes)),
      plaintext_(std::make_unique_for_overwrite<std::uint8_t[]>(frames_between(at_, end_) * kFrameBytes)) {}

Task<Result<ConstBytes>> SegmentReader::next() {
  if (at_ == end_) co_return ConstBytes{};
  const auto first = at_ / kFrameBytes;
  const auto frames = frames_between(at_, end_);
  const auto begin = first * kFrameBytes;
  const auto end = std::min(begin + frames * kFrameBytes, segment_.length);
  CO_TRY(co_await read(segment_.location.offset + first * kStoredFrameBytes,
                       static_cast<std::size_t>(end - begin + frames * kFrameOverhead)));
  CO_TRY(open(first, frames));
  const ConstBytes opened(plaintext_.get() + (at_ - begin),
                          static_cast<std::size_t>(std::min(end, end_) - at_));
  at_ += opened.size();
  co_return opened;
}

Task<Result<void>> SegmentReader::read(std::uint64_t offset, std::size_t size) {
  const MutableBytes stored(stored_.get(), size);
  auto have = CO_TRY(extent_->file().read_cached(offset, stored));
  if (have < size) {
    // The read owns what it touches, whatever becomes of this coroutine.
    auto rest = pool_.start([extent = extent_, buffer = stored_, at = offset + have,
                             out = stored.subspan(have)] { return extent->file().read_at(at, out); });
    have += CO_TRY(co_await rest.wait());
  }
  if (have < size)
    co_return fail(Code::Corrupt, fmt::format("Extent {} ends inside a segment: restore it from a backup.",
                                              extent_->number()));
  co_return Result<void>{};
}

Result<void> SegmentReader::open(std::uint64_t first_frame, std::uint64_t frames) {
  const auto last_frame = frame_count(segment_.length) - 1;
  for (std::uint64_t i = 0; i < frames; ++i) {
    const auto number = first_frame + i;
    const auto plaintext = static_cast<std::size_t>(
        std::min<std::uint64_t>(kFrameBytes, segment_.length - number * kFrameBytes));
    const ConstBytes frame(stored_.get() + i * kStoredFrameBytes, plaintext + kFrameOverhead);
    auto opened =
        cipher_.open({number, number == last_frame}, frame, {plaintext_.get() + i * kFrameBytes, plaintext});
    if (!opened)
      return fail(opened.error().code,
                  fmt::format("{} (extent {}, offset {})", opened.error().message, extent_->number(),
                              segment_.location.offset + number * kStoredFrameBytes));
  }
  return {};
}

}  // namespace vitrine::store
