// Blobs: their state and where it is kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "blobs/attributes.h"
#include "blobs/container.h"
#include "blobs/etag.h"
#include "blobs/moment.h"
#include "blobs/piece.h"
#include "tlog/merkle.h"

namespace vitrine::blobs {

/// The properties that a client sets and gets back with the content.
struct ContentHeaders {
  std::string type;  ///< empty: application/octet-stream
  std::string encoding;
  std::string language;
  std::string disposition;
  std::string cache_control;
  std::optional<crypto::Md5Digest> md5;

  friend bool operator==(const ContentHeaders&, const ContentHeaders&) = default;
};

/// The content of a blob made of blocks: the list lies in a row of its own.
struct BlockList {
  BodyNumber list;
  std::uint32_t count = 0;

  friend bool operator==(const BlockList&, const BlockList&) = default;
};

/// Names the rows of an append or page blob's content within its container; random.
struct Generation {
  std::uint64_t value = 0;
  friend bool operator==(const Generation&, const Generation&) = default;
};

/// The content of an append blob: a row for each block that was appended.
struct AppendedBlocks {
  Generation rows;
  tlog::Frontier blocks;  ///< over their leaves: its size is their number, its root the content root
  bool sealed = false;    ///< whether nothing may be appended any more

  friend bool operator==(const AppendedBlocks&, const AppendedBlocks&) = default;
};

/// The content of a page blob: a row for each range that was written, nothing where all is zero.
struct Pages {
  Generation rows;
  tlog::Frontier
      changes;  ///< over what was written, cleared and resized; the last change's number is its size
  std::uint64_t sequence_number = 0;  ///< the client's

  friend bool operator==(const Pages&, const Pages&) = default;
};

/// Since when a state is deleted and until when it may be restored.
struct Deletion {
  Timestamp deleted;
  Timestamp kept_until;

  friend bool operator==(const Deletion&, const Deletion&) = default;
};

/// One state of a blob: the current one, a version or a snapshot.
struct BlobHead {
  Timestamp created;
  Timestamp last_modified;
  ETag etag;
  std::uint64_t size = 0;
  ContentHeaders content;
  Metadata metadata;
  tlog::Digest content_root{};
  std::optional<Moment> version;  ///< its id; none when it was written without versioning
  std::optional<Deletion> deletion{};
  std::variant<Piece, BlockList, AppendedBlocks, Pages> layout;
  Attributes attributes{};

  friend bool operator==(const BlobHead&, const BlobHead&) = default;
};

/// Deterministic CBOR (docs/formats/heads.md).
std::string encode_blob(const BlobHead& head);
/// Errors: Corrupt.
Result<BlobHead> decode_blob(std::string_view bytes);

/// The body that a head of one piece has in the Bodies table; nothing when it lies elsewhere or is empty.
std::optional<BodyNumber> inline_body_of(const BlobHead& head);

}  // namespace vitrine::blobs
