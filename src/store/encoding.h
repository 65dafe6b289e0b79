// How keys and values lie in the tables (docs/formats/store.md).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "store/commit.h"
#include "store/entry.h"
#include "store/segment.h"
#include "store/store.h"

namespace vitrine::store {

/// Big-endian, so that byte order is numeric order.
using StoredInteger = std::array<std::uint8_t, 8>;
StoredInteger store_integer(std::uint64_t value);
/// Errors: Corrupt unless there are exactly eight bytes.
Result<std::uint64_t> read_integer(ConstBytes stored);

/// Versioned values (State, Heads, Bodies, Rows): the version, then the value.
struct VersionedValue {
  Version version = 0;
  std::string_view value;
};
/// The view points into `stored`. Errors: Corrupt.
Result<VersionedValue> read_versioned(ConstBytes stored);

/// Journal keys: slot (4 bytes), index (8 bytes).
using JournalKey = std::array<std::uint8_t, 12>;
JournalKey journal_key(std::uint32_t slot, std::uint64_t index);
struct JournalPlace {
  std::uint32_t slot = 0;
  std::uint64_t index = 0;
};
/// Errors: Corrupt.
Result<JournalPlace> read_journal_key(ConstBytes key);

/// Where a slot's journal begins, in Meta: kFrontPrefix, then the slot (4 bytes). No row: at 0.
inline constexpr std::string_view kFrontPrefix = "front/";
std::string front_key(std::uint32_t slot);
/// Nothing for another key.
std::optional<std::uint32_t> read_front_key(std::string_view key);

/// Journal values: the leaf (32 bytes), then the record's bytes. Errors: Corrupt.
Result<JournalEntry> read_journal_value(ConstBytes stored);

/// Counts the holders of a body beyond the first.
std::string holders_key(const BodyRef& body);
/// Counts the stored bytes of an extent's segments. All such keys begin with kLivePrefix.
inline constexpr std::string_view kLivePrefix = "live/";
std::string live_key(std::uint64_t extent);

/// Segment rows, keyed by id: a CBOR array of extent, offset, length, digest, epoch, owner.
struct SegmentRow {
  Location location;
  std::uint64_t length = 0;  ///< of the plaintext
  crypto::Sha256Digest digest{};
  keys::Epoch epoch = 0;
  keys::Owner owner{};  ///< the journal of the account that it is of
};
Bytes store_segment_row(const SegmentRow& row);
/// Errors: Corrupt.
Result<SegmentRow> read_segment_row(ConstBytes stored);

}  // namespace vitrine::store
