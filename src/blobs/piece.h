// Where a body, or a block of one, lies.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/cbor.h"
#include "blobs/container.h"
#include "blobs/names.h"
#include "store/commit.h"
#include "tlog/merkle.h"

namespace vitrine::blobs {

/// Names a body in the Bodies table, or a block list, within a container; random.
struct BodyNumber {
  std::uint64_t value = 0;
  friend bool operator==(const BodyNumber&, const BodyNumber&) = default;
};

/// Bytes that arrived together: in the Bodies table when there are few, in a segment otherwise.
struct Piece {
  std::uint64_t length = 0;
  crypto::Sha256Digest digest{};  ///< SHA-256 of the bytes
  std::variant<BodyNumber, store::SegmentId> place;

  friend bool operator==(const Piece&, const Piece&) = default;
};

/// Of one blob, in a list or appended.
inline constexpr std::size_t kMostBlocks = 50'000;

/// A block of a committed or uncommitted block list.
struct Block {
  BlockId id;
  Piece piece;
};

/// The key in the Bodies table.
std::string body_key(const ContainerId& container, BodyNumber number);

/// The body that a piece is; nothing for an empty one.
std::optional<store::BodyRef> body_of(const ContainerId& container, const Piece& piece);

/// A piece's leaf in the tree of a content.
tlog::Digest piece_leaf(const Piece& piece);

/// The tree hash over lengths and digests: what a record says about a content (docs/formats/heads.md).
tlog::Digest content_root(std::span<const Piece> pieces);

void write_piece(CborWriter& writer, const Piece& piece);
/// Errors: Corrupt.
Result<Piece> read_piece(CborReader& reader);

/// A committed block list's row. It sorts before the rows of all blobs: no name begins with NUL.
store::Key block_list_key(const ContainerId& container, BodyNumber list);
std::string encode_blocks(std::span<const Block> blocks);
/// Errors: Corrupt.
Result<std::vector<Block>> decode_blocks(std::string_view bytes);

}  // namespace vitrine::blobs
