#include "store/compactor.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <map>
#include <optional>
#include <utility>

#include "base/log.h"
#include "store/committer.h"
#include "store/database.h"
#include "store/encoding.h"
#include "store/extent_set.h"
#include "store/frames.h"
#include "store/read_pins.h"

namespace vitrine::store {
namespace {

/// Less than this part of an extent lives: the rest is copied away.
constexpr std::uint64_t kSparse = 8;
/// Extents that hold less than that part of what one may hold become one when there are so many of them:
/// restarts and bodies of unknown length leave such.
constexpr std::size_t kFewSmall = 8;
/// What a file system may take for itself, and what is not worth a walk over all segments: so much at most,
/// and this part of an extent.
constexpr std::uint64_t kMostSlackBytes = 1 << 20, kSlackPart = 16;
/// Moved by one commit.
constexpr std::size_t kMovesAtOnce = 64;
constexpr std::uint64_t kMovedBytesAtOnce = 64 << 20;

}  // namespace

Compactor::Compactor(const Database& database, ExtentSet& extents, Committer& committer,
                     std::shared_ptr<Garbage> garbage, ReadPins& pins, Settings settings)
    : database_(database),
      extents_(extents),
      committer_(committer),
      garbage_(std::move(garbage)),
      pins_(pins),
      slack_bytes_(std::min(kMostSlackBytes, settings.extent_bytes / kSlackPart)),
      small_bytes_(settings.extent_bytes / kSparse) {
  if (!settings.pause) return;
  thread_.emplace(
      "compactor", *settings.pause, [this, rate = settings.bytes_per_second](const std::stop_token& stop) {
        if (auto done = compact(Pace(rate), stop); !done)
          log::warn("extents were not compacted; it will be tried again", {{"error", done.error().message}});
      });
}

struct Compactor::Batch {
  std::vector<SegmentMove> moves;
  std::map<std::uint64_t, std::unique_ptr<Reservation>> written;  ///< one in each extent
  std::uint64_t bytes = 0;

  [[nodiscard]] bool is_full() const { return moves.size() >= kMovesAtOnce || bytes >= kMovedBytesAtOnce; }
};

struct Compactor::Pass {
  Pace pace;
  std::stop_token stop;
  Batch batch{};
  Compaction done{};
  bool is_refused = false;  ///< a commit was: more copies would be for nothing
};

Result<Compaction> Compactor::compact() {
  return compact(Pace(0), {});
}

Result<Compaction> Compactor::compact(Pace pace, std::stop_token stop) {
  std::lock_guard lock(working_mutex_);
  Pass pass{pace, std::move(stop)};
  auto result = go_over_all(pass);
  {
    std::lock_guard counting(total_mutex_);
    total_ += pass.done;
  }
  TRY(std::move(result));
  return pass.done;
}

Compaction Compactor::total() const {
  std::lock_guard lock(total_mutex_);
  return total_;
}

Result<void> Compactor::go_over_all(Pass& pass) {
  // What is found is read before it can be freed.
  const auto pin = pins_.pin();
  const auto work = TRY(look());
  if (work.clean.empty() && work.empty_out.empty()) return {};
  const auto first = [](const auto& set) { return set.empty() ? UINT64_MAX : *set.begin(); };
  SegmentsByPlace all(database_, std::min(first(work.clean), first(work.empty_out)));
  // Where one extent is damaged, or has nowhere to go, there is still room in others.
  Result<void> first_failure;
  while (auto contents = TRY(all.next())) {
    if (pass.stop.stop_requested()) break;
    auto done = work_on(*contents, work, pass);
    if (done) continue;
    if (pass.is_refused) return done;
    if (first_failure) first_failure = std::move(done);
  }
  // What was copied before a stop is not copied again.
  TRY(commit(pass));
  return first_failure;
}

Result<void> Compactor::work_on(const ExtentContents& contents, const Work& work, Pass& pass) {
  if (work.empty_out.contains(contents.extent)) return empty_out(contents, pass);
  if (work.clean.contains(contents.extent)) return clean(contents, pass.done);
  return {};
}

Result<std::uint64_t> Compactor::live_bytes(std::uint64_t extent) const {
  const auto stored = TRY(database_.get(Family::Counters, live_key(extent)));
  return stored.found() ? TRY(read_integer(stored.bytes())) : 0;
}

Result<Compactor::Work> Compactor::look() {
  Work work;
  std::set<std::uint64_t> small;
  for (const auto& closed : extents_.closed()) {
    const auto live = TRY(live_bytes(closed.number));
    if (live == 0) {
      garbage_->add_extent(closed.number);
      continue;
    }
    const auto opened = extents_.open_for_reading(closed.number);
    if (!opened) {
      log::error("an extent cannot be opened and is left as it is", {{"error", opened.error().message}});
      continue;
    }
    const auto& extent = *opened;
    const auto size = TRY(extent->file().size()), room = TRY(extent->file().room());
    if (live < small_bytes_) small.insert(closed.number);
    if (size > slack_bytes_ && live < size / kSparse)
      work.empty_out.insert(closed.number);
    else if (closed.of_earlier_process && room > live + slack_bytes_)
      work.clean.insert(closed.number);
  }
  if (small.size() >= kFewSmall) work.empty_out.merge(small);
  return work;
}

/// An extent that is closed only loses segments, so its counter, read later, cannot be above what the rows
/// say: else a row is missing, and its segment would be taken for garbage.
Result<void> Compactor::check_complete(const ExtentContents& contents) const {
  std::uint64_t stored = 0;
  for (const auto& segment : contents.segments) stored += stored_length(segment.length);
  if (TRY(live_bytes(contents.extent)) <= stored) return {};
  return fail(Code::Corrupt,
              fmt::format("Extent {} holds more than the rows of its segments say. Run vitrine fsck.",
                          contents.extent));
}

/// Of an earlier process nobody writes any more, so what no row names is nobody's, but for those who found
/// it before its row went.
Result<void> Compactor::clean(const ExtentContents& contents, Compaction& done) {
  TRY(check_complete(contents));
  const auto extent = TRY(extents_.open_for_reading(contents.extent));
  std::vector<Room> gaps;
  auto end = Extent::kHeaderBytes;
  const auto gap_before = [&](std::uint64_t begin) {
    if (end >= begin) return;
    gaps.push_back({{contents.extent, end}, begin - end});
    done.freed_bytes += begin - end;
  };
  for (const auto& segment : contents.segments) {
    gap_before(segment.location.offset);
    end = segment.location.offset + whole_pages(stored_length(segment.length));
  }
  gap_before(TRY(extent->file().size()));
  garbage_->add(gaps);
  extents_.settled(contents.extent);
  return {};
}

Result<void> Compactor::empty_out(const ExtentContents& contents, Pass& pass) {
  const auto extent = TRY(extents_.open_for_reading(contents.extent));
  for (const auto& segment : contents.segments) {
    if (!TRY(copy(*extent, segment, pass.batch))) continue;
    if (pass.batch.is_full()) TRY(commit(pass));
    if (!pass.pace.spend(stored_length(segment.length), pass.stop)) break;
  }
  return {};
}

Result<bool> Compactor::copy(const Extent& from, const PlacedSegment& segment, Batch& batch) {
  const auto length = stored_length(segment.length);
  auto reservation = TRY(extents_.reserve(length));
  Bytes frame;
  for (std::uint64_t at = 0; at < length; at += frame.size()) {
    frame.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kStoredFrameBytes, length - at)));
    const auto count = from.file().read_at(segment.location.offset + at, frame);
    if (!count || *count < frame.size() || !is_whole(frame)) {
      log::error("a damaged segment was found and left where it is",
                 {{"extent", std::to_string(from.number())},
                  {"offset", std::to_string(segment.location.offset + at)}});
      return false;
    }
    TRY(reservation->extent().write_at(reservation->offset() + at, frame));
  }
  reservation->keep(length);
  const Room room{{reservation->extent().number(), reservation->offset()}, length};
  batch.moves.push_back(
      SegmentMove(segment.id, segment.location, room.at,
                  std::make_shared<UnadoptedRoom>(garbage_, reservation->shared_extent(), room)));
  batch.written.try_emplace(room.at.extent, std::move(reservation));
  batch.bytes += length;
  return true;
}

Result<void> Compactor::commit(Pass& pass) {
  auto batch = std::exchange(pass.batch, {});
  const auto moved = batch.moves.size();
  if (moved == 0) return {};
  for (const auto& [number, reservation] : batch.written) TRY(reservation->extent().sync());
  boost::asio::io_context io(1);
  Result<Position> result;
  auto task = [&]() -> Task<void> { result = co_await committer_.commit({.moves = std::move(batch.moves)}); };
  boost::asio::co_spawn(io, task(), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
  io.run();
  pass.is_refused = !result;
  TRY(std::move(result));
  pass.done.moved += moved;
  pass.done.moved_bytes += batch.bytes;
  return {};
}

}  // namespace vitrine::store
