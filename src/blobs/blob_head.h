// Blobs: their state and where it is kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/time.h"
#include "blobs/container.h"
#include "blobs/etag.h"
#include "blobs/piece.h"

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

/// The current state of a block blob.
struct BlobHead {
  Timestamp created;
  Timestamp last_modified;
  ETag etag;
  std::uint64_t size = 0;
  ContentHeaders content;
  Metadata metadata;
  tlog::Digest content_root{};
  std::variant<Piece, BlockList> layout;

  friend bool operator==(const BlobHead&, const BlobHead&) = default;
};

/// Deterministic CBOR (docs/formats/heads.md).
std::string encode_blob(const BlobHead& head);
/// Errors: Corrupt.
Result<BlobHead> decode_blob(std::string_view bytes);

/// Heads of one container lie together in the order of their names' bytes. Versions and snapshots will follow
/// the current head, under the same name.
store::Key blob_key(const ContainerId& container, const BlobName& blob);
/// The name in such a key. Errors: Corrupt.
Result<std::string> blob_name_of(std::string_view key);
/// What the keys of names that begin with `prefix` begin with.
std::string blob_prefix(const ContainerId& container, std::string_view prefix);

/// The body that a head of one piece has in the Bodies table; nothing when it lies elsewhere or is empty.
std::optional<BodyNumber> inline_body_of(const BlobHead& head);

}  // namespace vitrine::blobs
