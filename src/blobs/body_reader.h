// The way out: bytes for whoever holds the proof that reading them is on record.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "blobs/blob_head.h"
#include "ledger/committed.h"
#include "store/store.h"

namespace vitrine::blobs {

/// A range of a blob, in bytes; within its size.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// What a head's content is made of, fetched before the record is made so that nothing can take it away in
/// between; closed until a Committed opens it.
class PinnedContent {
 public:
  /// Errors: StateChanged when the blob was overwritten since the head was read; those of the store.
  static Result<PinnedContent> fetch(const store::Store& store, const ContainerId& container,
                                     const BlobHead& head);

 private:
  friend class BodyReader;
  std::vector<Piece> pieces_;
  std::vector<std::optional<store::PinnedBody>> bodies_;  ///< beside pieces_, of those that are inline
};

/// Streams a range of a blob's content. One coroutine at a time.
class BodyReader {
 public:
  /// No record, no bytes.
  static BodyReader open(const ledger::Committed& committed, store::Store& store, PinnedContent content,
                         ByteRange range);

  /// The next bytes, empty at the end; valid until the next call. Errors: DeviceFailed, Corrupt.
  Task<Result<ConstBytes>> next();
  /// Of the range, in bytes.
  [[nodiscard]] std::uint64_t length() const { return length_; }

 private:
  /// The range's share of one piece.
  struct Part {
    std::size_t piece;
    ByteRange range;
  };
  BodyReader(store::Store& store, store::ReadAccess access, PinnedContent content, ByteRange range);

  store::Store* store_;
  store::ReadAccess access_;
  PinnedContent content_;
  std::uint64_t length_;
  std::vector<Part> parts_;
  std::size_t at_ = 0;
  std::optional<store::SegmentReader> segment_;
};

/// The committed blocks of a blob; none when it is of one piece. Errors: StateChanged when the blob was
/// overwritten since the head was read; Corrupt; those of the store.
Result<std::vector<Block>> committed_blocks(const store::Store& store, const ContainerId& container,
                                            const BlobHead& head);

}  // namespace vitrine::blobs
