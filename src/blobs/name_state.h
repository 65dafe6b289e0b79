// What lies under one blob name: the current head, and versions and snapshots behind it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "blobs/blob_head.h"
#include "blobs/sealed.h"

namespace vitrine::blobs {

/// What a name's versions and snapshots belong to. The number is part of their keys: a name that has another
/// history, or none, has none of them, so that one write ends them all.
struct History {
  std::uint64_t number = 0;  ///< random
  Moment latest;             ///< the last moment that was given to a version or snapshot

  friend bool operator==(const History&, const History&) = default;
};

/// The row under a blob's name. Without a head there is no blob, but versions of one that was deleted.
struct NameState {
  std::optional<BlobHead> head;
  std::optional<History> history;

  /// The moment that the next version or snapshot has to be later than.
  [[nodiscard]] Moment latest() const;
  friend bool operator==(const NameState&, const NameState&) = default;
};

/// Deterministic CBOR (docs/formats/heads.md). Precondition: there is a head or a history.
std::string encode_name_state(const NameState& state);
/// Errors: Corrupt.
Result<NameState> decode_name_state(std::string_view bytes);

/// In the order of their keys.
enum class PastKind : std::uint8_t { Snapshot = 1, Version = 2 };
/// Names a state behind the current one.
struct PastId {
  PastKind kind = PastKind::Snapshot;
  Moment moment;

  auto operator<=>(const PastId&) const = default;
};

/// The rows of one container lie together in the order of their names' bytes; behind each its past states,
/// snapshots first, the oldest first.
store::Key blob_key(const ContainerId& container, const BlobName& blob);
store::Key past_key(const ContainerId& container, const BlobName& blob, const History& history,
                    const PastId& past);
/// What the keys of names that begin with `prefix` begin with.
std::string blob_prefix(const ContainerId& container, std::string_view prefix);
/// The first key behind all rows of this name.
std::string key_behind_name(const ContainerId& container, std::string_view name);
/// The first key that any name may have: the rows that belong to no name lie before it.
std::string first_name_key(const ContainerId& container);
/// What the keys of a history begin with, or those of one kind in it.
std::string past_prefix(const ContainerId& container, std::string_view name, const History& history);
std::string past_prefix(const ContainerId& container, std::string_view name, const History& history,
                        PastKind kind);

/// A key of the Heads table, taken apart.
struct HeadKey {
  struct Past {
    std::uint64_t history = 0;
    PastId id;
  };
  std::string name;
  std::optional<Past> past;  ///< none: the name's own row
};
/// Errors: Corrupt.
Result<HeadKey> parse_head_key(std::string_view key);

/// The row to a name's state; its erasure when nothing is left under the name.
store::Write write_name(const keys::DataKeys& keys, store::Key key, const NameState& state);
/// Nothing under an absent row. Errors: Corrupt, Unavailable.
Result<NameState> open_name(const keys::DataKeys& keys, const store::Entry& row);

/// The head in a row of the Heads table, a name's own or that of a past state; nothing when the name has
/// none. Errors: Corrupt, Unavailable.
Result<std::optional<BlobHead>> open_head(const keys::DataKeys& keys, const std::string& key,
                                          std::string_view value);

/// What every creation or end of a past state of the name touches.
store::Key past_name(const ContainerId& container, const BlobName& blob);

}  // namespace vitrine::blobs
