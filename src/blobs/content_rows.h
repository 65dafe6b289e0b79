// Rows that a blob's content is made of, and who needs them. (docs/formats/heads.md)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "blobs/name_state.h"
#include "blobs/piece.h"
#include "store/store.h"

namespace vitrine::blobs {

/// Bytes [begin, end) of a blob.
struct Interval {
  std::uint64_t begin = 0, end = 0;

  [[nodiscard]] bool empty() const { return begin >= end; }
  [[nodiscard]] std::uint64_t length() const { return end - begin; }
  [[nodiscard]] bool overlaps(const Interval& other) const { return begin < other.end && other.begin < end; }
  [[nodiscard]] Interval within(const Interval& other) const {
    return {std::max(begin, other.begin), std::min(end, other.end)};
  }
  friend bool operator==(const Interval&, const Interval&) = default;
};

/// A part of a piece that makes up a range of pages; without a piece they are zero.
struct PageRow {
  Interval pages;
  std::optional<Piece> piece;
  std::uint64_t from = 0;  ///< byte of the piece where it begins

  /// The part within `range`.
  [[nodiscard]] PageRow within(const Interval& range) const;
  friend bool operator==(const PageRow&, const PageRow&) = default;
};

/// What the head's content number is: that of its rows, or of its block list; none for one piece.
std::optional<Generation> content_number(const BlobHead& head);
/// The place in the content's life that a past state keeps: the number of its changes.
std::uint64_t content_point(const BlobHead& head);

/// What the keys of a content's rows begin with.
std::string content_prefix(const ContainerId& container, Generation rows);

/// A past state that needs the content. The newest come first.
store::Key holder_key(const ContainerId& container, Generation rows, std::uint64_t point, const PastId& past);
std::string holder_prefix(const ContainerId& container, Generation rows);
std::string holder_prefix(const ContainerId& container, Generation rows, std::uint64_t point);
/// Of the holders below `point`, the newest one's point; nothing when there is none.
Result<std::optional<std::uint64_t>> holder_before(const store::Store& store, const ContainerId& container,
                                                   Generation rows, std::uint64_t point);
inline constexpr std::uint64_t kNow = UINT64_MAX;  ///< above all points: the current layer's number

/// Rows lie under their ends, so that one seek finds the row that covers a byte.
store::Key appended_key(const ContainerId& container, Generation rows, std::uint64_t end);
std::string encode_appended(const Piece& piece);
/// `end` as in the row's key. Errors: Corrupt.
Result<Piece> decode_appended(std::string_view bytes, std::uint64_t end);

/// Layer kNow holds what the blob is made of; layer p what changed later and a past state at point p still
/// has.
store::Key page_key(const ContainerId& container, Generation rows, std::uint64_t layer, std::uint64_t end);
std::string encode_page_row(const PageRow& row);
/// `end` as in the row's key. Errors: Corrupt.
Result<PageRow> decode_page_row(std::string_view bytes, std::uint64_t end);

/// A key of the Rows table below a content's prefix, taken apart.
struct ContentKey {
  enum class Kind : std::uint8_t { Holder = 1, Appended = 2, Page = 3 };
  Kind kind = Kind::Holder;
  std::uint64_t layer = 0;  ///< of a page row; of a holder its point
  std::uint64_t end = 0;    ///< of an appended or page row
};
/// Errors: Corrupt.
Result<ContentKey> parse_content_key(std::string_view key);

}  // namespace vitrine::blobs
