#include "store/segment_reader.h"

#include <algorithm>
#include <utility>

#include "store/blocking_pool.h"
#include "store/extent.h"

namespace vitrine::store {

SegmentReader::SegmentReader(std::shared_ptr<const Extent> extent, BlockingPool& pool, std::uint64_t offset,
                             std::uint64_t length)
    : extent_(std::move(extent)),
      pool_(pool),
      at_(offset),
      remaining_(length),
      buffer_(std::make_shared_for_overwrite<std::uint8_t[]>(
          static_cast<std::size_t>(std::min<std::uint64_t>(length, kChunkBytes)))) {}

Task<Result<ConstBytes>> SegmentReader::next() {
  const MutableBytes chunk(buffer_.get(),
                           static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, kChunkBytes)));
  if (chunk.empty()) co_return ConstBytes{};
  auto have = CO_TRY(extent_->file().read_cached(at_, chunk));
  if (have < chunk.size()) {
    // The read owns what it touches, whatever becomes of this coroutine.
    auto rest = pool_.start([extent = extent_, buffer = buffer_, at = at_ + have, out = chunk.subspan(have)] {
      return extent->file().read_at(at, out);
    });
    have += CO_TRY(co_await rest.wait());
  }
  if (have < chunk.size())
    co_return fail(Code::Corrupt, "An extent ends inside a segment: restore it from a backup.");
  at_ += chunk.size();
  remaining_ -= chunk.size();
  co_return ConstBytes(chunk);
}

}  // namespace vitrine::store
