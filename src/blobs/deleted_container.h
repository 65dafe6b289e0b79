// Containers that are deleted and may be restored.
// Source: Azure Storage REST, "Restore Container"; "List Containers", include=deleted.
#pragma once

#include "blobs/blob_head.h"

namespace vitrine::blobs {

/// Since when a container is deleted and until when it may be restored: an attribute of its head.
struct ContainerDeletion {
  static constexpr std::uint64_t kAttribute = 17;

  Deletion deletion;

  /// CBOR [deleted, kept until].
  [[nodiscard]] Bytes encode() const;
  /// Errors: Corrupt.
  static Result<ContainerDeletion> decode(ConstBytes cbor);
  friend bool operator==(const ContainerDeletion&, const ContainerDeletion&) = default;
};

/// The moment of a deletion as the wire has it: 16 hexadecimal digits.
std::string version_text(Moment deleted);
/// Errors: InvalidHeaderValue.
Result<Moment> parse_container_version(std::string_view text);

/// Where a deleted container's head is kept: those of one account lie together in the order of their names.
store::Key deleted_container_key(const identity::AccountName& account, const ContainerName& container,
                                 Moment deleted);
/// What the keys of all deleted containers of the account begin with.
std::string deleted_container_prefix(const identity::AccountName& account);

/// The end of such a key, taken apart.
struct DeletedName {
  std::string name;
  Moment deleted;
};
/// `suffix`: what follows the prefix. Errors: Corrupt.
Result<DeletedName> parse_deleted_name(std::string_view suffix);

}  // namespace vitrine::blobs
