#include "store/segment_writer.h"

#include <algorithm>
#include <utility>

#include "crypto/mac.h"
#include "store/blocking_pool.h"
#include "store/extent_set.h"
#include "store/frames.h"
#include "store/garbage.h"

namespace vitrine::store {
namespace {

/// Large enough that a hand-over to the pool costs nothing beside the write, small enough that two for each
/// of many writers fit in memory.
constexpr std::size_t kPieceBytes = 4 * kStoredFrameBytes;

std::optional<std::uint64_t> stored(std::optional<std::uint64_t> length) {
  return length ? std::optional(stored_length(*length)) : std::nullopt;
}

}  // namespace

/// The coroutine fills one piece while the pool writes the other; they meet at each hand-over. Owned by both,
/// so that a writer may go away while the pool still works for it.
struct SegmentWriter::Work : std::enable_shared_from_this<Work> {
  Work(ExtentSet& extents, BlockingPool& pool, std::weak_ptr<Garbage> garbage, const keys::DataKey& key,
       std::optional<std::uint64_t> known_length)
      : extents(extents),
        pool(pool),
        garbage(std::move(garbage)),
        known_length(known_length),
        id(crypto::random_array<32>()),
        epoch(key.epoch()),
        owner(key.owner()),
        cipher(key, id) {}

  ExtentSet& extents;
  BlockingPool& pool;
  const std::weak_ptr<Garbage> garbage;
  const std::optional<std::uint64_t> known_length;
  const SegmentId id;
  const keys::Epoch epoch;
  const keys::Owner owner;

  // The coroutine's.
  FrameCipher cipher;
  Bytes frame;  // plaintext; full only until more comes, because the last one is sealed as such
  std::uint64_t sealed_frames = 0;
  Bytes filling;
  Bytes spare;
  std::optional<Completion<Result<Bytes>>> in_flight;
  crypto::Sha256 hasher;
  std::uint64_t length = 0;
  std::optional<Error> dead;

  // The pool's while a piece is in flight.
  std::unique_ptr<Reservation> reservation;
  std::uint64_t written = 0;

  Task<Result<void>> append(ConstBytes plaintext);
  void seal_frame(bool last);
  Task<Result<void>> hand_over();
  Task<Result<void>> settle();
  Task<Result<void>> flush_and_sync();
  Task<Result<std::optional<Room>>> finish();
  Result<void> write(ConstBytes piece);
};

Result<void> SegmentWriter::Work::write(ConstBytes piece) {
  if (piece.empty()) return {};
  if (!reservation) reservation = TRY(extents.reserve(stored(known_length)));
  const auto offset = reservation->offset() + written;
  TRY(reservation->extend(written, piece.size()));
  TRY(reservation->extent().write_at(offset, piece));
  written += piece.size();
  return {};
}

Task<Result<void>> SegmentWriter::Work::append(ConstBytes plaintext) {
  if (known_length && plaintext.size() > *known_length - length)
    co_return fail(Code::InvalidInput, "The body is longer than announced: correct its Content-Length.");
  hasher.update(plaintext);
  length += plaintext.size();
  while (!plaintext.empty()) {
    if (frame.size() == kFrameBytes) {
      seal_frame(false);
      if (filling.size() == kPieceBytes) CO_TRY(co_await hand_over());
    }
    if (frame.capacity() == 0)
      frame.reserve(
          static_cast<std::size_t>(std::min<std::uint64_t>(kFrameBytes, known_length.value_or(kFrameBytes))));
    const auto fitting = plaintext.first(std::min(plaintext.size(), kFrameBytes - frame.size()));
    vitrine::append(frame, fitting);
    plaintext = plaintext.subspan(fitting.size());
  }
  co_return Result<void>{};
}

void SegmentWriter::Work::seal_frame(bool last) {
  if (filling.capacity() == 0)
    filling.reserve(static_cast<std::size_t>(
        std::min<std::uint64_t>(kPieceBytes, stored(known_length).value_or(kPieceBytes))));
  cipher.seal({sealed_frames++, last}, frame, filling);
  frame.clear();
}

Task<Result<void>> SegmentWriter::Work::hand_over() {
  CO_TRY(co_await settle());
  in_flight = pool.start([self = shared_from_this(), piece = std::move(filling)]() mutable -> Result<Bytes> {
    TRY(self->write(piece));
    piece.clear();
    return std::move(piece);
  });
  filling = std::exchange(spare, {});
  co_return Result<void>{};
}

Task<Result<void>> SegmentWriter::Work::settle() {
  if (!in_flight) co_return Result<void>{};
  auto completion = *std::exchange(in_flight, std::nullopt);
  spare = CO_TRY(co_await completion.wait());
  co_return Result<void>{};
}

Task<Result<void>> SegmentWriter::Work::flush_and_sync() {
  Completion<Result<void>> completion;
  pool.post([self = shared_from_this(), completion, piece = std::move(filling)]() mutable {
    if (auto written = self->write(piece); !written) return completion.complete(std::move(written));
    // The extent outlives its sync: this work item holds it, whoever does the syncing.
    self->reservation->extent().sync(
        [self, completion](Result<void> synced) mutable { completion.complete(std::move(synced)); });
  });
  auto synced = co_await completion.wait();
  co_return synced;
}

/// Where it lies; an empty one lies nowhere.
Task<Result<std::optional<Room>>> SegmentWriter::Work::finish() {
  if (known_length && length != *known_length)
    co_return fail(Code::InvalidInput, "The body is shorter than announced: send all of it.");
  CO_TRY(co_await settle());
  if (length == 0) co_return std::nullopt;
  seal_frame(true);
  CO_TRY(co_await flush_and_sync());
  reservation->keep(stored_length(length));
  co_return Room{{reservation->extent().number(), reservation->offset()}, stored_length(length)};
}

SegmentWriter::SegmentWriter(ExtentSet& extents, BlockingPool& pool, std::weak_ptr<Garbage> garbage,
                             const keys::DataKey& key, std::optional<std::uint64_t> known_length)
    : work_(std::make_shared<Work>(extents, pool, std::move(garbage), key, known_length)) {}

SegmentWriter::~SegmentWriter() {
  // Giving room back may wait for the disk.
  auto& pool = work_->pool;
  pool.post([work = std::move(work_)]() mutable { work.reset(); });
}

Task<Result<void>> SegmentWriter::append(ConstBytes plaintext) {
  if (work_->dead) co_return std::unexpected(*work_->dead);
  auto appended = co_await work_->append(plaintext);
  if (!appended) work_->dead = appended.error();
  co_return appended;
}

Task<Result<Segment>> SegmentWriter::finish() {
  if (work_->dead) co_return std::unexpected(*work_->dead);
  auto room = co_await work_->finish();
  work_->dead = room ? Error{Code::Internal, "The segment is finished already.", {}} : room.error();
  if (!room) co_return std::unexpected(std::move(room).error());
  Segment segment;
  segment.id_ = work_->id;
  segment.length_ = work_->length;
  segment.digest_ = work_->hasher.finish();
  segment.epoch_ = work_->epoch;
  segment.owner_ = work_->owner;
  if (*room) {
    segment.location_ = (*room)->at;
    segment.room_ =
        std::make_shared<UnadoptedRoom>(work_->garbage, work_->reservation->shared_extent(), **room);
  }
  co_return segment;
}

}  // namespace vitrine::store
