// Blobs by their index tags: a row for each tag of each current blob, written with the head
// (docs/formats/heads.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "blobs/name_state.h"
#include "blobs/sealed.h"
#include "blobs/tag_expression.h"

namespace vitrine::blobs {

/// Whose tags they are.
struct TaggedBlob {
  std::string_view account;
  std::string_view container_name;
  ContainerId container{};
  std::string_view blob;
};

/// What becomes of the blob's rows when a head takes the place of another; nothing when the tags stay.
/// A deleted head has no rows. Errors: Corrupt.
Result<void> update_tag_rows(std::vector<store::Write>& writes, const keys::DataKeys& keys,
                             const TaggedBlob& blob, const BlobHead* before, const BlobHead* after);
/// The rows of a blob that goes with its container, whose name need not be known. Tags that cannot be read
/// leave theirs behind: no search finds a container that is gone.
void erase_tag_rows(std::vector<store::Write>& writes, const TaggedBlob& blob, const BlobHead& head);

/// What the keys of an account's rows begin with.
std::string tag_prefix(std::string_view account);
/// Behind that: of one key; of one key and value; of these in one container. They sort by value, container
/// and name.
std::string tag_prefix(std::string_view account, std::string_view key);
std::string tag_prefix(std::string_view account, std::string_view key, std::string_view value);

/// A row's key, taken apart behind the account's prefix. Views into it.
struct TagKey {
  std::string_view key, value;
  ContainerId container{};
  std::string_view blob;
};
/// Errors: Corrupt.
Result<TagKey> parse_tag_key(std::string_view key, std::string_view account);

/// What a row says beside its key.
struct TagRow {
  std::string container_name;
  Tags tags;  ///< all of the blob's
};
std::string encode_tag_row(const TagRow& row);
/// Errors: Corrupt.
Result<TagRow> decode_tag_row(std::string_view bytes);

/// The part of the index where everything lies that a search finds: keys from `from` on, below `to`.
struct TagStretch {
  std::string from, to;
};
/// By the search's one value if it has one, otherwise by the bounds of its first key; `container` as in
/// TagKey, when only that one counts.
TagStretch stretch_of(const TagSearch& search, std::string_view account,
                      const std::optional<ContainerId>& container);

}  // namespace vitrine::blobs
