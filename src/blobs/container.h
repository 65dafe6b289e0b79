// Containers: their state and where it is kept.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/time.h"
#include "blobs/attributes.h"
#include "blobs/etag.h"
#include "blobs/metadata.h"
#include "blobs/names.h"
#include "identity/names.h"
#include "store/entry.h"

namespace vitrine::blobs {

/// Random, never used twice: a container that is deleted and created again is another one, and the keys of
/// its blobs begin with this.
using ContainerId = std::array<std::uint8_t, 16>;

/// The current state of a container.
struct ContainerHead {
  ContainerId id{};
  Timestamp created;
  Timestamp last_modified;
  ETag etag;
  Metadata metadata;
  Attributes attributes{};

  friend bool operator==(const ContainerHead&, const ContainerHead&) = default;
};

/// Deterministic CBOR (docs/formats/heads.md).
std::string encode_container(const ContainerHead& head);
/// Errors: Corrupt.
Result<ContainerHead> decode_container(std::string_view bytes);

/// Where the head is kept. Containers of one account lie together in the order of their names.
store::Key container_key(const identity::AccountName& account, const ContainerName& container);
/// What the keys of all containers of the account begin with.
std::string container_prefix(const identity::AccountName& account);

}  // namespace vitrine::blobs
