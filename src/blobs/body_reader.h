// The way out: bytes for whoever holds the proof that reading them is on record.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "blobs/appended.h"
#include "blobs/blob_head.h"
#include "blobs/pages.h"
#include "ledger/committed.h"
#include "store/store.h"

namespace vitrine::blobs {

/// A range of a blob, in bytes; within its size.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// A range of a head's content, fetched before the record is made so that nothing can take it away in
/// between; closed until a Committed opens it.
class PinnedContent {
 public:
  /// The current head's, or a version's or snapshot's. Precondition: the range is within the blob. Errors:
  /// StateChanged when the blob was overwritten since the head was read; those of the store.
  static Result<PinnedContent> fetch(const store::Store& store, std::shared_ptr<const keys::DataKeys> keys,
                                     const ContainerId& container, const BlobHead& head, ByteRange range,
                                     bool is_past = false);
  /// Leaves out what lies in other pieces. Not for pages.
  void keep(const std::function<bool(const Piece&)>& wanted);

 private:
  friend class BodyReader;
  /// The range's share of one piece, or zeros.
  struct Part {
    std::optional<Piece> piece;
    ByteRange range;  ///< of the piece
  };
  PinnedContent(store::ReadPin pin, std::shared_ptr<const keys::DataKeys> keys, const ContainerId& container,
                const BlobHead& head, ByteRange range)
      : pin_(std::move(pin)),
        keys_(std::move(keys)),
        container_(container),
        content_root_(head.content_root),
        length_(range.length) {}
  void cut(std::span<const Piece> pieces, ByteRange range);
  void cut(std::span<const AppendedPiece> pieces, const Interval& range);
  /// The next parts of pages, instead of those that were read.
  Result<void> fill();

  store::ReadPin pin_;  ///< keeps bytes where they were found, and the pieces of a block list
  std::shared_ptr<const keys::DataKeys> keys_;
  ContainerId container_;
  tlog::Digest content_root_;
  std::uint64_t length_;
  std::vector<Part> parts_;
  std::unique_ptr<PageRows> more_;               ///< behind the parts of pages; none at the end
  std::optional<store::PinnedBody> body_;        ///< of a head whose one piece lies in the Bodies table
  std::optional<store::PlacedSegment> segment_;  ///< of a head whose one piece is a segment
};

/// Streams pinned content. Holds one piece at a time. One coroutine at a time.
class BodyReader {
 public:
  /// No record, no bytes: the record must be of this very content. Errors: Internal when it is of another.
  static Result<BodyReader> open(const ledger::Committed& committed, store::Store& store,
                                 PinnedContent content);

  /// The next bytes, empty at the end; valid until the next call. Errors: DeviceFailed, Corrupt.
  Task<Result<ConstBytes>> next();
  /// Of the range, in bytes.
  [[nodiscard]] std::uint64_t length() const { return content_.length_; }

 private:
  BodyReader(store::Store& store, store::ReadAccess access, PinnedContent content)
      : store_(&store), access_(access), content_(std::move(content)) {}
  Result<ConstBytes> inline_part(const PinnedContent::Part& part);
  Task<Result<store::SegmentReader>> open(store::SegmentId id, store::ByteRange range);
  ConstBytes zeros(std::uint64_t length);

  store::Store* store_;
  store::ReadAccess access_;
  PinnedContent content_;
  std::size_t at_ = 0;
  std::string opened_;  ///< the inline body that is given out
  std::optional<store::SegmentReader> segment_;
  std::uint64_t zeros_given_ = 0;  ///< of the part that is given out
};

/// What the content of a block or append blob is made of, in order. Errors: as committed_blocks.
Result<std::vector<Piece>> pieces_of(const store::Store& store, const keys::DataKeys& keys,
                                     const ContainerId& container, const BlobHead& head);

/// The committed blocks of a blob; none when it is of one piece. Errors: StateChanged when the blob was
/// overwritten since the head was read; Corrupt; those of the store.
Result<std::vector<Block>> committed_blocks(const store::Store& store, const keys::DataKeys& keys,
                                            const ContainerId& container, const BlobHead& head);

}  // namespace vitrine::blobs
